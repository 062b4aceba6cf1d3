/** What a suite counted of one stage. */
export interface Tally {
  readonly stage: string;
  tries: number;
  /** Tries in which the bad thing happened: a kill, a refusal, a full disk. */
  hit: number;
  /** Tries that ended as an undisturbed run does. */
  equal: number;
  /** Names that a try left behind. */
  litter: number;
  seconds: number;
  /** What went wrong, a line each. */
  readonly faults: string[];
  /** Why nothing could be tried; null where it was. */
  skipped: string | null;
}

export interface SuiteResult {
  readonly suite: string;
  /** What `hit` counts, as the head of its column. */
  readonly hit: string;
  readonly tallies: readonly Tally[];
}

function newTally(stage: string): Tally {
  const none = { tries: 0, hit: 0, equal: 0, litter: 0, seconds: 0 };
  return { stage, ...none, faults: [], skipped: null };
}

/** Runs `work` with a tally of its own, timed; an error becomes a fault. */
export async function tallied(
  stage: string,
  work: (tally: Tally) => Promise<void>,
): Promise<Tally> {
  const tally = newTally(stage);
  const started = performance.now();
  try {
    await work(tally);
  } catch (error) {
    tally.faults.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  tally.seconds = (performance.now() - started) / 1000;
  process.stderr.write(`${rowOf(tally).join('  ')}\n${tally.faults.map(indented).join('')}`);
  return tally;
}

const indented = (fault: string): string => `    ${fault.replaceAll('\n', '\n    ')}\n`;

function rowOf(tally: Tally): string[] {
  const { stage, tries, hit, equal, litter, seconds, faults, skipped } = tally;
  const result = skipped !== null ? 'skipped' : faults.length > 0 ? 'FAULT' : 'ok';
  return [stage, ...[tries, hit, equal, litter].map(String), seconds.toFixed(0), result];
}

/** All of a suite's tallies in one. */
function sumOf({ suite, tallies }: SuiteResult): Tally {
  const sum = newTally(suite);
  for (const tally of tallies) {
    for (const key of ['tries', 'hit', 'equal', 'litter', 'seconds'] as const)
      sum[key] += tally[key];
    sum.faults.push(...tally.faults);
  }
  if (tallies.length > 0 && tallies.every(({ skipped }) => skipped !== null))
    sum.skipped = 'nothing could be tried';
  return sum;
}

function table(first: string, hit: string, rows: readonly Tally[]): string {
  const head = [first, 'tries', hit, 'equal', 'litter', 'seconds', 'result'];
  const lines = [head, head.map(() => '---'), ...rows.map(rowOf)];
  return lines.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** Suites by row as a table of Markdown; `hit` counts kills, refusals and wrong clocks alike. */
export function summaryTable(results: readonly SuiteResult[]): string {
  return table('suite', 'killed, refused or off', results.map(sumOf));
}

/** Prints a suite's table and what went wrong; the exit code is 1 on a fault, 4 where all was skipped. */
export function report(result: SuiteResult): number {
  const { suite, tallies } = result;
  process.stdout.write(
    `\nsuite ${suite}\n\n${table('stage', result.hit, [...tallies, { ...sumOf(result), stage: 'all' }])}\n`,
  );
  for (const { stage, faults, skipped } of tallies) {
    if (skipped !== null) process.stdout.write(`skipped ${stage}: ${skipped}\n`);
    for (const fault of faults) process.stdout.write(`${stage}: ${fault}\n`);
  }
  if (tallies.some(({ faults }) => faults.length > 0)) return 1;
  return tallies.some(({ skipped }) => skipped === null) ? 0 : 4;
}
