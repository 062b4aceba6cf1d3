import { type Ended } from '../../support/command-line.ts';
import { type State, namesBelow } from './state.ts';

/** How a command may refuse. */
export interface Refusal {
  readonly codes: readonly string[];
  /** Whether it may end by a signal that the launcher explains. */
  readonly mayDie: boolean;
}

/** What is wrong with how a command refused: it must say one clear thing and end with 1 (or 2). */
export function unclear({ code, signal, stderr }: Ended, { codes, mayDie }: Refusal): string[] {
  const said = stderr.split('\n').filter((line) => line.startsWith('deepcuts: '));
  const ended = code === 1 || code === 2 || (mayDie && signal !== null);
  return [
    ...(ended ? [] : [`ends with ${code ?? signal}`]),
    ...(said.length === 1 ? [] : [`says ${said.length} things`]),
    ...(codes.some((each) => stderr.includes(`[${each}]`))
      ? []
      : [`names none of ${codes.join(', ')}`]),
    ...(/^ +at .*:\d+/m.test(stderr) ? ['shows a stack'] : []),
  ].map((fault) => `${fault}: ${stderr.trim()}`);
}

/** What a refused command took from what was there before. */
export function lost(before: State, after: State): string[] {
  return Object.entries(before)
    .filter(([key, value]) => JSON.stringify(after[key]) !== JSON.stringify(value))
    .map(([key]) => `${key} is not what it was`);
}

/** Names of things half made below a folder: a command that ends by itself leaves none. */
export function halfMade(dataDir: string): string[] {
  return namesBelow(dataDir).filter((name) =>
    /(^|\/)(\.tmp-|\.lock|[^/]*\.building-)[^/]*$/.test(name),
  );
}
