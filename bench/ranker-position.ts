// Position bias: the slot as a feature held at 0, no correction, and clicks weighted by the inverse of
// the chance that their slot is examined, judged by what is true.
//   node bench/ranker-position.ts [planted] [world]
import { rmSync, mkdtempSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Interval, bootstrapMean, gradedNdcg } from '../src/domain/index.ts';
import { refine, snapshotFiles } from '../src/lake/index.ts';
import { Model } from '../src/native/index.ts';
import { ColFile } from '../src/platform/index.ts';
import { defaultRankerOptions, trainRanker } from '../src/ranking/index.ts';
import { retrievalSpec } from '../src/retrieval/index.ts';
import { modelSetFor, openModelSet } from '../src/scoring/index.ts';
import { presets } from '../src/simulation/index.ts';
import { SimulatedWeek } from '../test/support/simulated-week.ts';
import { type ArmName, armNames, ofArm, propensities, slotRates } from './ranker/arms.ts';
import { plantedClicks } from './ranker/planted-clicks.ts';
import { worldLake } from './world/folders.ts';

const print = (line: string): boolean => process.stdout.write(`${line}\n`);
const short = (x: number): string => x.toFixed(4).replace(/^(-?)0\./, '$1.');
const interval = ({ mean, low, high }: Interval): string =>
  `${short(mean)} [${short(low)}, ${short(high)}]`;
const judgedListeners = 600;

function table(values: ReadonlyMap<string, readonly number[]>, users: readonly string[]): void {
  const base = values.get(armNames[0]) ?? [];
  print('\n| training | NDCG of the truth | minus slot as a feature |');
  print('|---|---|---|');
  for (const [arm, own] of values) {
    const difference = own.map((value, i) => value - (base[i] as number));
    print(
      `| ${arm} | ${interval(bootstrapMean(own, users))} | ${arm === armNames[0] ? '' : interval(bootstrapMean(difference, users))} |`,
    );
  }
}

async function planted(): Promise<void> {
  const all = new Map<string, number[]>();
  for (const seed of [1, 2, 3])
    for (const [arm, values] of await plantedClicks(seed, armNames))
      all.set(arm, [...(all.get(arm) ?? []), ...values]);
  print('\nPlanted clicks on lists ordered by popularity, three logs: NDCG@10 of the liking');
  const n = all.get(armNames[0])?.length ?? 0;
  table(
    all,
    Array.from({ length: n }, (_, i) => String(i)),
  );
}

async function world(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'deepcuts-study-position-'));
  const config = { ...presets.test, seed: 2 };
  try {
    await worldLake(dataDir, config);
    const asOf = config.endsAt - 86_400_000;
    const week = await SimulatedWeek.at(dataDir, await refine({ dataDir }), asOf);
    const { chain } = week;
    const { featureNames } = new Model(retrievalSpec(chain.retrieval, asOf));
    const slotAt = featureNames.indexOf('slot');
    const rates = slotRates(chain.examples, slotAt, featureNames.length);
    const propensity = propensities(rates);
    const shown = rates.examples.slice(1).reduce((sum, count) => sum + count, 0);
    print(
      `\nWorld of seed ${config.seed}: ${Math.round(shown)} of ${Math.round(shown + (rates.examples[0] ?? 0))} candidates were shown; estimated propensities of slots 1, 5, 10, 20: ${[1, 5, 10, 20].map((slot) => (propensity[slot] ?? 0).toFixed(2)).join(', ')} (planted: ${[0, 4, 9, 19].map((slot) => ((1 + 0.15 * slot) ** -1.3).toFixed(2)).join(', ')}).`,
    );
    const users = week.listeners.slice(0, judgedListeners);
    const ideals = idealsOf(week, users);
    const found = new Map<ArmName, number[]>();
    for (const arm of armNames) {
      const sets = [];
      for (const set of chain.examples)
        sets.push(await ofArm(dataDir, arm, set, slotAt, propensity));
      const ranker = await trainRanker(dataDir, sets, featureNames, asOf, defaultRankerOptions);
      const delivery = {
        setting: 'accurate',
        week: week.week,
        deliverAtMs: week.monday,
        seed: 1,
      } as const;
      const { path } = await modelSetFor(dataDir, { ...chain, ranker }, delivery);
      const lists = await week.lists(await openModelSet(dataDir, path, { verify: false }), users);
      found.set(
        arm,
        users.map((user, i) => {
          const list = lists.get(user)?.tracks.map(({ track }) => track) ?? [];
          return gradedNdcg(week.affinities(user, list), ideals[i] as number[], 30);
        }),
      );
    }
    table(found, users);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Affinities of the 30 best unheard tracks of each listener. */
function idealsOf(week: SimulatedWeek, users: readonly string[]): number[][] {
  const heardBy = new Map<string, Set<number>>();
  for (const path of snapshotFiles(week.chain.snapshot).listeners) {
    const file = ColFile.open(path);
    const [offsets, heard] = [file.u32('heard.off'), file.u32('heard.recording')];
    for (const [i, user] of file.strings('user_id').entries()) {
      const own = Array.from(heard.subarray(offsets[i], offsets[i + 1]));
      heardBy.set(user, new Set(own.map((recording) => week.tracks[recording] as number)));
    }
  }
  return users.map((user) =>
    week.truth
      .bestUnheard(week.truth.listenerIndex(user), heardBy.get(user) ?? new Set(), 30, week.monday)
      .map(({ affinity }) => affinity),
  );
}

const wanted = process.argv.slice(2);
const isWanted = (study: string): boolean => wanted.length === 0 || wanted.includes(study);
print(`${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`);
if (isWanted('planted')) await planted();
if (isWanted('world')) await world();
