import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Rng, type Week, weekStart } from '../../../src/domain/index.ts';
import { type Prepared, type Preparation, sundayArgs } from '../shared/prepared.ts';
import { halfMade, unclear } from '../shared/refusal.ts';
import { removeFolder } from '../shared/scratch.ts';
import { differences, litterOf, namesBelow, readStore, stateOf } from '../shared/state.ts';
import { type Tally } from '../shared/tally.ts';
import { clocked, shifts } from './clocked.ts';
import { servedWeek } from './served.ts';

/** One thing that a wrong clock could spoil; `round` counts the tries of a case. */
export interface ClockCase {
  readonly name: string;
  readonly try: (prepared: Prepared, rng: Rng, tally: Tally, round: number) => Promise<void>;
}

const anyShift = (rng: Rng): number => shifts[rng.below(shifts.length)] as number;

/** Steps that end the same whatever the clock says at each. */
function steady(
  name: string,
  from: Preparation,
  steps: (prepared: Prepared) => Promise<readonly (readonly string[])[]>,
  shiftOf: (rng: Rng, step: number) => number = anyShift,
): ClockCase {
  let right: Promise<{ state: Awaited<ReturnType<typeof stateOf>>; names: string[] }> | null = null;
  return {
    name,
    try: async (prepared, rng, tally) => {
      const commands = await steps(prepared);
      right ??= (async () => {
        const dataDir = await prepared.copy(from);
        for (const args of commands) await prepared.must(dataDir, ...args);
        return { state: await stateOf(dataDir), names: namesBelow(dataDir) };
      })();
      const expected = await right;
      const dataDir = await prepared.copy(from);
      const drawn = commands.map((_, step) => shiftOf(rng, step));
      const faults: string[] = [];
      for (const [i, args] of commands.entries()) {
        const { code, stderr } = await clocked(prepared, dataDir, args, drawn[i] as number);
        if (code !== 0) faults.push(`${args.join(' ')}: exit ${code}: ${stderr}`);
      }
      faults.push(...differences(expected.state, await stateOf(dataDir)));
      count(tally, drawn.join(', '), faults, litterOf(expected.names, dataDir));
      removeFolder(dataDir);
    },
  };
}

/** Enters a try: it was hit by a wrong clock, and is equal where nothing is wrong with it. */
function count(
  tally: Tally,
  name: string,
  faults: readonly string[],
  litter: readonly string[] = [],
): void {
  tally.tries++;
  tally.hit++;
  tally.litter += litter.length;
  if (faults.length === 0) tally.equal++;
  const all = [...faults, ...litter.map((each) => `left behind: ${each}`)];
  if (all.length > 0) tally.faults.push(`clock off by ${name} ms:\n  ${all.join('\n  ')}`);
}

export const cases: readonly ClockCase[] = [
  steady(
    'ingest order',
    'nothing',
    async (prepared) => [...(await prepared.days()).map((part) => ['ingest', part]), ['refine']],
    // the first ingest of a lake has nothing but the clock to go by
    (rng, step) => (step === 0 ? 0 : anyShift(rng)),
  ),
  steady('train, sunday, publish, rollback', 'week and run', async () => [
    ['train', 'index'],
    [...sundayArgs, '--dry-run'],
    ['publish', '2026-W48'],
    ['rollback'],
  ]),
  steady('daily', 'base of days', async (prepared) =>
    (await prepared.days()).slice(1).map((part) => ['daily', part]),
  ),
  {
    name: 'first ingest, events of the future',
    try: async (prepared, _, tally) => {
      const dataDir = await prepared.copy('nothing');
      const back = shifts[4];
      const ended = await clocked(prepared, dataDir, ['ingest', await prepared.world()], back);
      const faults = unclear(ended, { codes: ['ingest.clock'], mayDie: false });
      await prepared.must(dataDir, 'ingest', await prepared.world());
      count(tally, String(back), faults, halfMade(dataDir));
      removeFolder(dataDir);
    },
  },
  {
    name: 'which run is published',
    try: async (prepared, rng, tally) => {
      const dataDir = await prepared.copy('week and run');
      const week = join(dataDir, 'runs', '2026-W48');
      const [wanted] = readdirSync(week);
      const earlier = new Date(Date.parse('2026-11-21T00:00:00Z')).toISOString();
      await prepared.must(dataDir, ...sundayArgs, '--dry-run', '--as-of', earlier);
      // file times as a clock leaves them that jumped between the runs
      for (const name of readdirSync(week)) {
        const time = new Date(Date.now() + (name === wanted ? -1 : 1) * rng.below(1e9));
        utimesSync(join(week, name), time, time);
      }
      await prepared.must(dataDir, 'publish', '2026-W48');
      const { pointer, generations } = await readStore(dataDir);
      const run = generations[pointer?.current ?? '']?.info?.run;
      const faults = run?.endsWith(wanted ?? '-') === true ? [] : [`published ${run}`];
      count(tally, 'some', faults);
      removeFolder(dataDir);
    },
  },
  {
    name: 'a lock and temporaries',
    try: async (prepared, rng, tally) => {
      const dataDir = await prepared.copy('base of days');
      const [, part] = await prepared.days();
      const shift = anyShift(rng);
      mkdirSync(join(dataDir, 'runs'), { recursive: true });
      const lock = join(dataDir, 'runs', '.lock');
      writeFileSync(lock, String(process.pid));
      const args = ['daily', part as string];
      const refused = await clocked(prepared, dataDir, args, shift);
      const faults = unclear(refused, { codes: ['weekly.locked'], mayDie: false });
      writeFileSync(lock, `${process.pid}.1`);
      mkdirSync(join(dataDir, 'lake', 'bronze', `.tmp-x-${process.pid}.1-00000000`));
      const { code, stderr } = await clocked(prepared, dataDir, args, shift);
      if (code !== 0) faults.push(stderr);
      count(tally, String(shift), faults, halfMade(dataDir));
      removeFolder(dataDir);
    },
  },
  {
    name: 'the opening of a generation',
    try: async (prepared, rng, tally, round) => {
      const dataDir = await prepared.copy('two weeks');
      const opens = weekStart('2026-W48' as Week);
      const hour = 3_600_000;
      const times = [opens - hour, opens + hour, opens + shifts[3], opens + shifts[4]];
      const time = times[round % times.length] as number;
      const shift = time - Date.now() + rng.below(1000);
      const expected = time < opens ? '2026-W47' : '2026-W48';
      const found = await servedWeek(prepared, dataDir, shift);
      count(tally, String(shift), found === expected ? [] : [`serves ${found} for ${expected}`]);
      removeFolder(dataDir);
    },
  },
];
