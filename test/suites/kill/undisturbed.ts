import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { type Prepared } from '../shared/prepared.ts';
import { removeFolder } from '../shared/scratch.ts';
import { type State, type StoreState, namesBelow, readStore, stateOf } from '../shared/state.ts';
import { type Stage, ready } from '../shared/stages.ts';
import { type Role, stepVariables } from './step.ts';

/** The variables that load the switch into a command and the workers it starts. */
export const switched = {
  NODE_OPTIONS: `--import=${new URL('switch.ts', import.meta.url).href}`,
} as const;

/** A stage that nobody disturbed: what it leaves, and where it can be killed. */
export interface Undisturbed {
  readonly state: State;
  readonly names: readonly string[];
  /** The store before the stage and after it: a live generation is one of these. */
  readonly before: StoreState;
  readonly after: StoreState;
  /** What each process does in order; the workers' steps of all together. */
  readonly steps: Readonly<Record<Role, readonly string[]>>;
  /** How often the names in the folder were seen to change. */
  readonly changes: number;
  readonly ms: number;
}

/** Calls `seen` whenever the names in a folder change, until it returns true or `ended` does. */
export async function watchNames(
  dataDir: string,
  ended: () => boolean,
  seen: (changes: number) => boolean,
): Promise<void> {
  let last = -1;
  let changes = 0;
  while (!ended()) {
    const names = namesNow(dataDir);
    if (last >= 0 && names !== last && seen(++changes)) return;
    last = names;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

function namesNow(dataDir: string): number {
  try {
    return existsSync(dataDir) ? readdirSync(dataDir, { recursive: true }).length : 0;
  } catch {
    return 0; // a folder went away while it was read
  }
}

export async function undisturbed(prepared: Prepared, stage: Stage): Promise<Undisturbed> {
  const dataDir = await ready(prepared, stage);
  const before = await readStore(dataDir);
  const started = performance.now();
  const record = prepared.scratch.fresh('steps');
  const args = await stage.args(prepared, dataDir);
  const running = prepared.start(dataDir, args, {
    ...switched,
    [stepVariables.record]: record,
    [stepVariables.only]: stage.only,
  });
  let changes = 0;
  let over = false;
  const watching = watchNames(
    dataDir,
    () => over,
    (n) => {
      changes = n;
      return false;
    },
  );
  const ended = await running.ended;
  const ms = performance.now() - started;
  over = true;
  await watching;
  if (ended.code !== 0) throw new Error(`${args.join(' ')}: exit ${ended.code}\n${ended.stderr}`);
  const lines = readFileSync(record, 'utf8').trimEnd().split('\n');
  const of = (role: Role): string[] =>
    lines.filter((line) => line.startsWith(role)).map((line) => line.slice(role.length + 1));
  const result = {
    state: await stateOf(dataDir),
    names: namesBelow(dataDir),
    before,
    after: await readStore(dataDir),
    steps: { main: of('main'), worker: of('worker') },
    changes,
    ms,
  };
  removeFolder(dataDir);
  return result;
}
