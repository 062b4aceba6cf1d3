import { afterAll, beforeAll, expect, it } from 'vitest';
import { chainOptions, openWorkspace } from '../src/app/index.ts';
import { weekOf } from '../src/domain/index.ts';
import { refine } from '../src/lake/index.ts';
import { Model, TreeScorer, hasXgboost } from '../src/native/index.ts';
import { ColFile } from '../src/platform/index.ts';
import { decodeList } from '../src/playlist/index.ts';
import {
  type ArtistEncoding,
  type EngineName,
  defaultRankerOptions,
  engines,
  readRanker,
  readRankerText,
  trainRanker,
} from '../src/ranking/index.ts';
import { retrievalSpec } from '../src/retrieval/index.ts';
import { type Chain, ShardJob, chainAt, modelSetFor, openModelSet } from '../src/scoring/index.ts';
import { presets } from '../src/simulation/index.ts';
import { removeFolder, temporaryFolder, worldLake } from './support/workspaces.ts';

const dataDir = temporaryFolder('ranker');
const asOf = presets.tiny.endsAt - 86_400_000;
const progress: [number, number][] = [];
let chain: Chain;
let featureNames: readonly string[];

beforeAll(async () => {
  await worldLake(dataDir, presets.tiny);
  const silver = await refine({ dataDir });
  const options = chainOptions(await openWorkspace(dataDir));
  chain = await chainAt(dataDir, silver, asOf, {
    ...options,
    recipe: 'counts',
    onProgress: (done, total) => progress.push([done, total]),
  });
  ({ featureNames } = new Model(retrievalSpec(chain.retrieval, asOf)));
}, 60_000);
afterAll(() => removeFolder(dataDir));

const train = (engine: EngineName, artist: ArtistEncoding) =>
  trainRanker(dataDir, chain.examples, featureNames, asOf, {
    ...defaultRankerOptions,
    engine,
    artist,
    // tiny worlds have few rows
    parameters: engine === 'xgboost' ? { min_child_weight: 1 } : { min_data_in_leaf: 20 },
    rounds: 30,
  });

it('training reports every round', () => {
  const rounds = engines.lightgbm.rounds;
  expect(progress).toEqual(Array.from({ length: rounds }, (_, i) => [i + 1, rounds]));
});

const absent = !hasXgboost() && process.env['CI'] === undefined;
it.each([
  ['lightgbm', 'target'],
  ['lightgbm', 'hash'],
  ['lightgbm', 'none'],
  ['lambdarank', 'target'],
  ...(absent ? [] : [['xgboost', 'target']]),
] as [EngineName, ArtistEncoding][])(
  '%s with artists as %s gives full lists whose scores are probabilities',
  async (engine, artist) => {
    const ranker = await train(engine, artist);
    const description = readRanker(ranker);
    expect(description).toMatchObject({ engine, artist });
    const used = description.importance.map(({ feature }) => feature);
    expect(used.includes('artist_rate') && artist !== 'target').toBe(false);
    expect(used.includes('artist_bucket') && artist !== 'hash').toBe(false);
    const delivery = {
      setting: 'accurate',
      week: weekOf(asOf),
      deliverAtMs: asOf,
      seed: 1,
    } as const;
    const { path } = await modelSetFor(dataDir, { ...chain, ranker }, delivery);
    const job = new ShardJob(await openModelSet(dataDir, path));
    let personal = 0;
    for (let bucket = 0; bucket < job.buckets; bucket++) {
      const { file } = await job.bucket(bucket, dataDir, 'all');
      const col = ColFile.open(file);
      const [values, status] = [col.u8('value'), col.u8('status')];
      const size = values.length / status.length;
      for (const [i, fallback] of status.entries()) {
        if (fallback !== 0) continue;
        personal++;
        const { tracks } = decodeList(values.subarray(i * size, (i + 1) * size));
        expect(tracks).toHaveLength(30);
        expect(tracks.every(({ score }) => score >= 0 && score < 1)).toBe(true);
        expect(tracks.some(({ score }) => score > 0)).toBe(true);
      }
    }
    expect(personal).toBeGreaterThan(100);
  },
);

it('the curve of lambdarank gives the mean probability of what was played', async () => {
  const ranker = await train('lambdarank', 'target');
  const { link } = readRanker(ranker);
  const scorer = new TreeScorer(readRankerText(ranker));
  let [expected, found, total] = [0, 0, 0];
  for (const { examples } of chain.examples)
    for (const name of Object.keys(examples.manifest.files).filter((f) => f.endsWith('.col'))) {
      const file = ColFile.open(`${examples.path}/${name}`);
      const [label, weight] = [file.u8('label'), file.f32('weight')];
      for (const [i, raw] of scorer.raw(file.f32('x').slice()).entries()) {
        const p = 1 / (1 + Math.exp(-((link?.scale ?? 0) * raw + (link?.shift ?? 0))));
        found += p * (weight[i] as number);
        expected += (label[i] as number) * (weight[i] as number);
        total += weight[i] as number;
      }
    }
  expect(total).toBeGreaterThan(0);
  expect(found / expected).toBeGreaterThan(0.5);
  expect(found / expected).toBeLessThan(2);
});

it('the same examples give the same ranker, whatever the engine', async () => {
  for (const engine of absent ? (['lambdarank'] as const) : (['lambdarank', 'xgboost'] as const)) {
    const first = await train(engine, 'target');
    removeFolder(first.path);
    const second = await train(engine, 'target');
    expect(second.manifest.contentDigest).toBe(first.manifest.contentDigest);
  }
});
