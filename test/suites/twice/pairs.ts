import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Prepared, type Preparation, sundayArgs } from '../shared/prepared.ts';

type Args = readonly string[];

/** Two commands on one data folder at the same time. */
export interface Pair {
  readonly name: string;
  readonly from: Preparation;
  readonly commands: (prepared: Prepared) => Promise<readonly [Args, Args]>;
  /** Codes by which one of them may refuse; it is repeated then unless `final`. */
  readonly codes: readonly string[];
  /** A refusal that no repeat would change: the command would do something else by then. */
  readonly final: boolean;
  /** What is done to the folder before. */
  readonly before: (dataDir: string) => void;
}

const fixed = (first: Args, second: Args) => async (): Promise<readonly [Args, Args]> => [
  first,
  second,
];

function pair(
  name: string,
  from: Preparation,
  commands: Pair['commands'],
  more: Partial<Pick<Pair, 'codes' | 'final' | 'before'>> = {},
): Pair {
  return { name, from, commands, codes: [], final: false, before: () => {}, ...more };
}

const locked = { codes: ['weekly.locked'] };
const raced = { codes: ['publish.raced', 'publish.no_previous', 'weekly.locked'], final: true };
const publish = ['publish', '2026-W48'];

async function day(prepared: Prepared, n: number): Promise<string> {
  return (await prepared.days())[n] as string;
}

/** A lock of a process that ended, whose number a living one has now: this one. */
function staleLock(dataDir: string): void {
  mkdirSync(join(dataDir, 'runs'), { recursive: true });
  writeFileSync(join(dataDir, 'runs', '.lock'), `${process.pid}.1`);
}

export const pairs: readonly Pair[] = [
  pair('ingest, same files', 'nothing', async (prepared) => {
    const args = ['ingest', await prepared.world()];
    return [args, args];
  }),
  pair('ingest, other files', 'nothing', async (prepared) => [
    ['ingest', await day(prepared, 0)],
    ['ingest', await day(prepared, 1)],
  ]),
  pair('ingest + refine', 'base of days', async (prepared) => [
    ['ingest', await day(prepared, 1)],
    ['refine'],
  ]),
  pair('refine + refine', 'ingested', fixed(['refine'], ['refine'])),
  pair('refine --force + refine', 'refined', fixed(['refine', '--force'], ['refine'])),
  pair('train + train', 'refined', fixed(['train', 'item2vec'], ['train', 'item2vec'])),
  pair('sunday + sunday', 'trained', fixed(sundayArgs, sundayArgs), locked),
  pair('sunday + sunday, stale lock', 'trained', fixed(sundayArgs, sundayArgs), {
    ...locked,
    before: staleLock,
  }),
  pair(
    'sunday + daily',
    'base of days',
    async (prepared) => [sundayArgs, ['daily', await day(prepared, 1)]],
    locked,
  ),
  pair('sunday + publish', 'week and run', fixed(sundayArgs, publish), locked),
  pair('publish + publish', 'week and run', fixed(publish, publish), locked),
  pair('publish + rollback', 'week and run', fixed(publish, ['rollback']), raced),
  pair('rollback + rollback', 'two weeks', fixed(['rollback'], ['rollback']), raced),
  pair(
    'daily + daily',
    'base of days',
    async (prepared) => {
      const args = ['daily', await day(prepared, 1)];
      return [args, args];
    },
    locked,
  ),
];
