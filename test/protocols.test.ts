import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chainOptions, openWorkspace } from '../src/app/index.ts';
import {
  type RankingEvaluation,
  evaluateLeaveOneOut,
  evaluateNextTrack,
  lookAtTest,
} from '../src/evaluation/index.ts';
import { type SilverRef, ingest, refine } from '../src/lake/index.ts';
import { type ChainOptions } from '../src/scoring/index.ts';
import { removeFolder, temporaryFolder } from './support/workspaces.ts';

const day = 86_400_000;
const start = Date.UTC(2026, 0, 5);
const dir = temporaryFolder('protocols');
let silver: SilverRef;
let chain: ChainOptions;

/**
 * Thirty listeners walk around a ring of tracks, six a day, each from another place, all the same way:
 * what comes next is certain to one who saw others walk there, and popularity says nothing.
 */
function ringWalks(days: number): string {
  const [ring, listeners, plays] = [180, 30, 6];
  const rows = ['user_id,track_id,ts,session_id,artist_id'];
  for (let u = 0; u < listeners; u++)
    for (let d = 0; d < days; d++)
      for (let p = 0; p < plays; p++) {
        const track = String((u * plays + d * plays + p) % ring).padStart(3, '0');
        const ts = start + d * day + (u * 60 + p * 4) * 60_000 * 0.4;
        rows.push(`u${u},t${track},${Math.round(ts)},d${d},a${track}`);
      }
  return `${rows.join('\n')}\n`;
}

beforeAll(async () => {
  const input = join(dir, 'input', 'events');
  mkdirSync(input, { recursive: true });
  writeFileSync(join(input, 'events.csv'), ringWalks(9));
  await ingest({
    dataDir: dir,
    paths: [join(dir, 'input')],
    format: 'generic',
    now: start + 30 * day,
    buckets: 2,
  });
  silver = await refine({ dataDir: dir });
  const options = chainOptions(await openWorkspace(dir));
  chain = { ...options, labelDays: 2, recipe: 'counts', hygiene: { on: false, keep: [] } };
}, 60_000);
afterAll(() => {
  removeFolder(dir);
});

function figure(evaluation: RankingEvaluation, variant: string, method: string, metric: string) {
  const table = evaluation.variants.find((found) => found.variant === variant);
  const row = table?.rows.find((found) => found.name === method);
  return row?.figures[table?.metrics.indexOf(metric) ?? -1]?.mean ?? Number.NaN;
}

it('next track, by a look at the test: what always followed is named first, popularity far behind', async () => {
  const ledger = join(dir, 'ledger.md');
  const found = await lookAtTest(
    { ledger, protocol: 'next-track', recipe: 'x', now: new Date(0) },
    (split) => evaluateNextTrack({ dataDir: dir, silver, split, chain }),
    () => [],
  );
  expect([found.test, found.about]).toEqual([true, 'last day; 30 sessions']);
  expect(found.variants.map(({ judged }) => judged)).toEqual([150, 150, 150]);
  const transitions = 'co-occurrence, directed and decayed';
  for (const variant of ['tracks of the prefix removed', 'new to the listener']) {
    expect(figure(found, variant, transitions, 'MRR@20')).toBeGreaterThan(0.85);
    expect(figure(found, variant, 'fusion of session sources', 'MRR@20')).toBeGreaterThan(0.8);
    expect(figure(found, variant, 'session kNN (V-SKNN)', 'P@20')).toBeGreaterThan(0.85);
    expect(figure(found, variant, 'popularity', 'MRR@20')).toBeLessThan(0.4);
  }
  const rows = found.variants.flatMap((table) => table.rows);
  expect(rows.every((row) => row.coreMicroseconds > 0)).toBe(true);
}, 60_000);

it('leave one out: the next track of the walk is found, and it was nowhere in what is read', async () => {
  const found = await evaluateLeaveOneOut({ dataDir: dir, silver, split: 'tuning', chain });
  expect(found.about).toBe('last track but one of 30 listeners, 30 of them known to others');
  expect(figure(found, '', 'co-occurrence', 'HR@10')).toBeGreaterThan(0.9);
  expect(figure(found, '', 'popularity', 'HR@10')).toBeLessThan(0.5);
  expect(found.variants[0]?.rows.filter((row) => row.isOurs).map(({ name }) => name)).toEqual([
    'accurate',
    'balanced',
    'adventurous',
  ]);
}, 60_000);
