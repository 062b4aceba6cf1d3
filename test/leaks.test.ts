import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chainOptions, openWorkspace } from '../src/app/index.ts';
import { ArtifactError } from '../src/domain/index.ts';
import { requireTruthAfter, requireUnread } from '../src/evaluation/index.ts';
import { type SilverRef, newestEvent, refine } from '../src/lake/index.ts';
import { Model } from '../src/native/index.ts';
import { type Artifact } from '../src/platform/index.ts';
import {
  buildExamples,
  buildLabels,
  defaultExampleOptions,
  trainRanker,
} from '../src/ranking/index.ts';
import { type Retrieval, indexOf, retrievalSpec, trainTwoTower } from '../src/retrieval/index.ts';
import { retrievalAt } from '../src/scoring/index.ts';
import { presets } from '../src/simulation/index.ts';
import { removeFolder, temporaryFolder, worldLake } from './support/workspaces.ts';

type Point = Awaited<ReturnType<typeof retrievalAt>>;

const day = 86_400_000;
const dir = temporaryFolder('leaks');
let silver: SilverRef;
let at = 0;
let now: Point;
let later: Point;

/** The same artifact with times as if it had been built in time. */
function backdated(artifact: Artifact): Artifact {
  const { manifest, path } = artifact;
  return { path, manifest: { ...manifest, asOf: at, maxEventTime: at - 1 } };
}

function labels({ gold, snapshot }: Point, from: number, to: number): Promise<Artifact> {
  return buildLabels(dir, { silver, gold, snapshot, from, to });
}

async function rankerOf(point: Point, until: number, asOf: number): Promise<Artifact> {
  const { snapshot, retrieval } = point;
  const truth = await labels(point, snapshot.manifest.asOf ?? 0, until);
  const examples = await buildExamples(dir, { retrieval, labels: truth }, defaultExampleOptions);
  const { featureNames } = new Model(retrievalSpec(retrieval, asOf));
  return trainRanker(dir, [{ examples, snapshot }], featureNames, asOf);
}

beforeAll(async () => {
  await worldLake(dir, presets.tiny);
  silver = await refine({ dataDir: dir });
  at = (newestEvent(silver) ?? 0) - 3 * day;
  const workspace = chainOptions(await openWorkspace(dir));
  const limits = { words: 20_000, pairs: 2000 };
  const options = { ...workspace, limits, hygiene: { on: false, keep: [] } };
  now = await retrievalAt(dir, silver, at, options);
  later = await retrievalAt(dir, silver, at + 2 * day, options);
}, 120_000);
afterAll(() => {
  removeFolder(dir);
});

describe('a planted leak', () => {
  const verdict = (retrieval: Retrieval, ranker: Artifact | null = null): string => {
    try {
      requireUnread({ retrieval, ranker }, at);
      return 'none';
    } catch (error) {
      return error instanceof ArtifactError ? error.code : String(error);
    }
  };

  it('is not seen where there is none', () => {
    expect(verdict(now.retrieval)).toBe('none');
  });

  it('by a snapshot of a later time is caught', () => {
    expect(verdict(later.retrieval)).toBe('artifact.from_the_future');
    expect(verdict({ ...now.retrieval, snapshot: later.snapshot })).toBe(
      'artifact.from_the_future',
    );
  });

  it('by a snapshot as of a later time is caught even where nothing happened in between', () => {
    const { manifest, path } = now.snapshot;
    const idle = { path, manifest: { ...manifest, asOf: at + 1 } };
    expect(verdict({ ...now.retrieval, snapshot: idle })).toBe('artifact.from_the_future');
  });

  it('by a part made from a later snapshot is caught, backdated or not', () => {
    const { retrieval: late } = later;
    const { sources, vectorSources } = now.retrieval;
    const lateTowers = late.towers;
    if (late.vectors === null || lateTowers === null) throw new Error('no towers');
    const { vectors } = late;
    for (const [code, dated] of [
      ['artifact.from_the_future', (artifact: Artifact) => artifact],
      ['artifact.mixed', backdated],
    ] as const) {
      const source = sources.map((s, i) => ({
        ...s,
        artifact: i === 0 ? dated((late.sources[0] ?? s).artifact) : s.artifact,
      }));
      const index = vectorSources.map((s, i) => ({
        ...s,
        index: i === 0 ? dated((late.vectorSources[0] ?? s).index) : s.index,
      }));
      const towers = { ...lateTowers, towers: dated(lateTowers.towers) };
      expect(verdict({ ...now.retrieval, sources: source })).toBe(code);
      expect(verdict({ ...now.retrieval, vectors: dated(vectors) })).toBe(code);
      expect(verdict({ ...now.retrieval, towers })).toBe(code);
      expect(verdict({ ...now.retrieval, vectorSources: index })).toBe(code);
    }
  });

  it('by towers or an index over item vectors of a later time is caught when they are built', async () => {
    const { vectors } = later.retrieval;
    if (vectors === null) throw new Error('no vectors');
    const code = 'artifact.from_the_future';
    await expect(trainTwoTower(dir, now.snapshot, vectors)).rejects.toMatchObject({ code });
    await expect(indexOf(dir, now.snapshot, vectors, '')).rejects.toMatchObject({ code });
  });

  it('by a ranker whose labels end later is caught, when it is built and when it is judged', async () => {
    const code = 'artifact.from_the_future';
    await expect(rankerOf(now, at + day, at)).rejects.toMatchObject({ code });
    expect(verdict(now.retrieval, await rankerOf(now, at + day, at + day))).toBe(code);
  });

  it('by truth that lies in the history is caught, when it is built and when it is judged', async () => {
    await expect(labels(now, at - day, at + day)).rejects.toMatchObject({
      code: 'labels.from_the_future',
    });
    await expect(
      buildLabels(dir, { ...now, silver, snapshot: later.snapshot, from: at, to: at + day }),
    ).rejects.toMatchObject({ code: 'labels.mixed' });
    const truth = await labels(now, at, at + day);
    expect(() => requireTruthAfter(truth, now.snapshot, at)).not.toThrow();
    const check = (snapshot: Artifact, from: number) => () =>
      requireTruthAfter(truth, snapshot, from);
    expect(check(now.snapshot, at + 1)).toThrow('the models have read them');
    expect(check(later.snapshot, at)).toThrow('were not made for');
  });
});
