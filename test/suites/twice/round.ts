import { type Ended } from '../../support/command-line.ts';
import { type Prepared } from '../shared/prepared.ts';
import { unclear } from '../shared/refusal.ts';
import { removeFolder } from '../shared/scratch.ts';
import { type State, differences, litterOf, namesBelow, stateOf } from '../shared/state.ts';
import { type Tally } from '../shared/tally.ts';
import { type Pair } from './pairs.ts';

/** What a data folder may hold in the end. */
export interface Outcome {
  readonly state: State;
  readonly names: readonly string[];
}

/** The outcomes of one after the other, in both orders, and of the first alone where one may refuse. */
export async function inTurn(prepared: Prepared, pair: Pair): Promise<readonly Outcome[]> {
  const [first, second] = await pair.commands(prepared);
  const orders = [[first, second], [second, first], ...(pair.final ? [[first], [second]] : [])];
  const outcomes: Outcome[] = [];
  for (const order of orders) {
    const dataDir = await prepared.copy(pair.from);
    for (const args of order) await prepared.start(dataDir, args).ended;
    outcomes.push({ state: await stateOf(dataDir), names: namesBelow(dataDir) });
    removeFolder(dataDir);
  }
  return outcomes;
}

/** Both at once, the second a little later; who was refused is repeated, then all is compared. */
export async function atOnce(
  prepared: Prepared,
  pair: Pair,
  outcomes: readonly Outcome[],
  laterMs: number,
  tally: Tally,
): Promise<void> {
  const dataDir = await prepared.copy(pair.from);
  pair.before(dataDir);
  const commands = await pair.commands(prepared);
  const first = prepared.start(dataDir, commands[0]).ended;
  await new Promise((resolve) => setTimeout(resolve, laterMs));
  const second = prepared.start(dataDir, commands[1]).ended;
  const ended: readonly Ended[] = [await first, await second];
  const faults: string[] = [];
  for (const [i, each] of ended.entries()) {
    if (each.code === 0) continue;
    tally.hit++;
    faults.push(...unclear(each, { codes: pair.codes, mayDie: false }));
    if (!pair.final) await prepared.must(dataDir, ...(commands[i] as readonly string[]));
  }
  if (ended.every(({ code }) => code !== 0)) faults.push('both were refused');
  const state = await stateOf(dataDir);
  const different = outcomes.map((outcome) => differences(outcome.state, state));
  const litter = litterOf(
    outcomes.flatMap(({ names }) => names),
    dataDir,
  );
  tally.tries++;
  if (different.some((list) => list.length === 0)) tally.equal++;
  else faults.push(...(different[0] ?? []));
  tally.litter += litter.length;
  faults.push(...litter.map((name) => `left behind: ${name}`));
  if (faults.length > 0) tally.faults.push(`${laterMs} ms apart:\n  ${faults.join('\n  ')}`);
  removeFolder(dataDir);
}
