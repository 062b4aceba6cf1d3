import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gold, refine, snapshot, snapshotFiles } from '../src/lake/index.ts';
import { Model } from '../src/native/index.ts';
import { type Artifact, ColFile } from '../src/platform/index.ts';
import {
  type Retrieval,
  defaultFactors,
  factorSource,
  furtherSources,
  prepareRetrieval,
  retrievalSpec,
} from '../src/retrieval/index.ts';
import { presets } from '../src/simulation/index.ts';
import { type TwinListener, nearestGroups, readGroups } from './support/neighbour-twin.ts';
import { removeFolder, temporaryFolder, worldLake } from './support/workspaces.ts';

const limits = { words: 0, pairs: 0 };
const day = 86_400;

describe('sources that learn from who played what', () => {
  let dataDir = '';
  let columns: Artifact;
  let retrieval: Retrieval;

  beforeAll(async () => {
    dataDir = temporaryFolder('sources');
    await worldLake(dataDir, presets.tiny);
    const silver = await refine({ dataDir });
    const asOf = presets.tiny.endsAt;
    const tables = await gold({ dataDir, silver, asOf, trainingDays: 90, flags: null, limits: {} });
    columns = await snapshot({
      dataDir,
      gold: tables,
      historyTracks: 250,
      minPlays: 1,
      limits: {},
    });
    retrieval = await prepareRetrieval(
      dataDir,
      columns,
      {
        // No track has as many sessions, so that the twin need not choose among them.
        sources: furtherSources.map((source) =>
          source.recipe.kind === 'session-neighbours'
            ? { ...source, recipe: { ...source.recipe, perTrack: 1_000_000 } }
            : source,
        ),
        item2vec: null,
        towers: null,
        factors: { ...defaultFactors, dimensions: 16, epochs: 4 },
        vectorSources: [{ ...factorSource, topK: 50 }],
      },
      limits,
    );
  });
  afterAll(() => removeFolder(dataDir));

  async function listsOf(name: string): Promise<Map<string, Map<number, number>>> {
    const all = [...retrieval.sources, ...retrieval.vectorSources];
    const index = all.findIndex(({ definition }) => definition.name === name);
    const model = new Model(retrievalSpec(retrieval, columns.manifest.asOf ?? 0));
    const lists = new Map<string, Map<number, number>>();
    for (const bucket of snapshotFiles(columns).listeners) {
      const out = join(dataDir, 'lists.col');
      await model.baselineBucket(index, 50, bucket, out, 'all');
      const col = ColFile.open(out);
      const [off, track, score] = [
        col.u32('list.off'),
        col.u32('list.track'),
        col.f32('list.score'),
      ];
      for (const [i, user] of col.strings('user_id').entries()) {
        const rows = new Map<number, number>();
        for (let at = off[i] as number; at < (off[i + 1] as number); at++)
          rows.set(track[at] as number, score[at] as number);
        lists.set(user, rows);
      }
    }
    return lists;
  }

  function listeners(name: string): TwinListener[] {
    const source = furtherSources.find((one) => one.name === name);
    const { power = 1, halfLifeDays = 1, history = 0 } = source ?? {};
    const recording = ColFile.open(snapshotFiles(columns).catalogue).u32('recording');
    return snapshotFiles(columns).listeners.flatMap((path) => {
      const file = ColFile.open(path);
      const [off, track, last] = [
        file.u32('hist.off'),
        file.u32('hist.track'),
        file.u32('hist.last'),
      ];
      const [positives, saved] = [file.u16('hist.positives'), file.u8('hist.saved')];
      const [heardOff, heard] = [file.u32('heard.off'), file.u32('heard.recording')];
      return file.strings('user_id').map((user, i) => {
        const seeds = new Map<number, number>();
        const known = new Set(heard.subarray(heardOff[i], heardOff[i + 1]));
        const from = off[i] as number;
        const end = Math.min(off[i + 1] as number, from + history);
        for (let at = from; at < end; at++) {
          const [n, kept] = [positives[at] as number, (saved[at] as number) & 1];
          const weight = n > 0 ? 1 + Math.log(n) + 2 * kept : 3 * kept;
          const age = Math.max(0, (columns.manifest.asOf ?? 0) / 1000 - (last[at] as number)) / day;
          if (weight > 0 && ((saved[at] as number) & 2) === 0)
            seeds.set(track[at] as number, weight ** power * 2 ** (-age / halfLifeDays));
        }
        const unheard = new Set(
          Array.from(recording, (_, t) => t).filter((t) => known.has(recording[t] as number)),
        );
        return { user, seed: file.u32('seed')[i] as number, seeds, heard: unheard };
      });
    });
  }

  it.each(['session_neighbours', 'listener_neighbours'])(
    'scores %s as their definition does',
    async (name) => {
      const compiled = retrieval.sources.find(({ definition }) => definition.name === name);
      const file = ColFile.open(join(compiled?.artifact.path ?? '', 'source.col'));
      const groups = readGroups(file);
      const found = await listsOf(name);
      let compared = 0;
      for (const listener of listeners(name).slice(0, 60)) {
        const wanted = nearestGroups(listener, groups, 200);
        for (const [track, score] of found.get(listener.user) ?? []) {
          expect(Math.abs(score / (wanted.get(track) ?? 0) - 1)).toBeLessThan(1e-3);
          compared++;
        }
      }
      expect(compared).toBeGreaterThan(500);
    },
  );

  it('names unheard tracks alone, by folding a listener in to the factors', async () => {
    const found = await listsOf('ials');
    const all = listeners('ials');
    const heard = all.filter(({ user, heard: known }) =>
      [...(found.get(user)?.keys() ?? [])].some((track) => known.has(track)),
    );
    expect(heard).toEqual([]);
    expect([...found.values()].filter((list) => list.size > 0).length).toBeGreaterThan(50);
  });

  it('says how EASE was solved', () => {
    const ease = retrieval.sources.find(({ definition }) => definition.name === 'ease');
    const file = ColFile.open(join(ease?.artifact.path ?? '', 'source.col'));
    expect(JSON.stringify(file.meta)).toMatch(/"solver":"(items|listeners)"/);
  });
});
