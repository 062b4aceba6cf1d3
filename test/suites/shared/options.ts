import { parseArgs } from 'node:util';

/** What every suite can be told on its command line. */
export interface SuiteOptions {
  /** Stages (or cases) to run, by name; empty: all. */
  readonly stages: readonly string[];
  /** Tries per stage; null: what the suite thinks thorough. */
  readonly times: number | null;
  readonly seed: number;
}

/** Parses `--stage NAME` (repeatable), `--times N` and `--seed N`. */
export function suiteOptions(args: readonly string[]): SuiteOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      stage: { type: 'string', multiple: true },
      times: { type: 'string' },
      seed: { type: 'string' },
    },
  });
  return {
    stages: values.stage ?? [],
    times: values.times === undefined ? null : wholeNumber('times', values.times),
    seed: values.seed === undefined ? 1 : wholeNumber('seed', values.seed),
  };
}

/** Those of the named things that the options ask for; an unknown name is an error. */
export function chosen<T extends { readonly name: string }>(
  all: readonly T[],
  { stages }: SuiteOptions,
): readonly T[] {
  const unknown = stages.find((stage) => all.every(({ name }) => name !== stage));
  if (unknown !== undefined)
    throw new Error(
      `There is no "${unknown}"; there are ${all.map(({ name }) => name).join(', ')}.`,
    );
  return stages.length === 0 ? all : all.filter(({ name }) => stages.includes(name));
}

function wholeNumber(name: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new Error(`--${name} takes a whole number, not "${text}".`);
}
