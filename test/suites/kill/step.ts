import { appendStep, claimed } from './raw-files.ts';

/** Which process of a command the steps are counted in. */
export type Role = 'main' | 'worker';

/** On which side of a step the process dies. */
export type Side = 'before' | 'after';

/** Environment of a command that is watched or killed at its steps; set by the suites alone. */
export const stepVariables = {
  /** File that every step is appended to, a line `role \t what` each. */
  record: 'SUITE_STEPS',
  /** `role:number:side`, the step at which the process dies; numbers count from 1. */
  kill: 'SUITE_KILL',
  /** A file: only the process that removes it may die, so that a worker dies once. */
  token: 'SUITE_TOKEN',
  /** Steps that do not match this pattern are not counted. */
  only: 'SUITE_ONLY',
} as const;

const role: Role = process.argv[1]?.endsWith('shard-worker.ts') === true ? 'worker' : 'main';
const record = process.env[stepVariables.record];
const only = new RegExp(process.env[stepVariables.only] ?? '');
const [who, number, side] = (process.env[stepVariables.kill] ?? '').split(':');
const fatal = who === role ? Number(number) : 0;
let count = 0;

function die(): void {
  if (!claimed(process.env[stepVariables.token])) return;
  process.kill(process.pid, 'SIGKILL');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** Does something that changes what is on disk; the process may die just before or after it. */
export function step<T>(what: string, act: () => T): T {
  if (!only.test(what)) return act();
  const mine = ++count;
  if (record !== undefined) appendStep(record, `${role}\t${what}\n`);
  if (mine === fatal && side === 'before') die();
  const result = act();
  if (mine !== fatal || side !== 'after') return result;
  if (!(result instanceof Promise)) {
    die();
    return result;
  }
  return result.then((value: unknown) => {
    die();
    return value;
  }) as T;
}
