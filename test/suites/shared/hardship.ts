import { existsSync } from 'node:fs';
import { type Ended } from '../../support/command-line.ts';
import { type Prepared } from './prepared.ts';
import { halfMade, lost, unclear } from './refusal.ts';
import { copyFolder, removeFolder } from './scratch.ts';
import { type Stage, ready } from './stages.ts';
import { type State, differences, litterOf, namesBelow, stateOf } from './state.ts';
import { type Tally } from './tally.ts';

/** A stage that went well: what it leaves. */
export interface Calm {
  readonly state: State;
  readonly names: readonly string[];
}

/** Something a machine lacks while a command runs. */
export interface Hardship {
  readonly name: string;
  /** Where the data folder lies meanwhile; null: anywhere. */
  readonly dataDir: string | null;
  readonly run: (dataDir: string, args: readonly string[]) => Promise<Ended>;
  /** Codes of the errors by which a command may refuse. */
  readonly codes: readonly string[];
  /** Whether the system may kill the program, and the launcher tells of it. */
  readonly mayDie: boolean;
}

/** The stage's data folder, moved to where it shall lie. */
async function place(prepared: Prepared, stage: Stage, dataDir: string | null): Promise<string> {
  const made = await ready(prepared, stage);
  if (dataDir === null) return made;
  removeFolder(dataDir);
  if (existsSync(made)) copyFolder(made, dataDir);
  removeFolder(made);
  return dataDir;
}

/** Runs a stage in peace; `room` is told the folder before and after. */
export async function calmly(
  prepared: Prepared,
  stage: Stage,
  at: string | null,
  room: (when: 'before' | 'after') => void = () => {},
): Promise<Calm> {
  const dataDir = await place(prepared, stage, at);
  room('before');
  await prepared.must(dataDir, ...(await stage.args(prepared, dataDir)));
  room('after');
  const calm = { state: await stateOf(dataDir), names: namesBelow(dataDir) };
  removeFolder(dataDir);
  return calm;
}

/**
 * A stage under a hardship: it ends well with the calm result, or refuses in one clear line, takes
 * nothing from what was there, leaves nothing half made, and ends well when repeated without.
 */
export async function underHardship(
  prepared: Prepared,
  stage: Stage,
  calm: Calm,
  hardship: Hardship,
  tally: Tally,
): Promise<void> {
  const dataDir = await place(prepared, stage, hardship.dataDir);
  const before = await stateOf(dataDir);
  const args = await stage.args(prepared, dataDir);
  const ended = await hardship.run(dataDir, args);
  const faults: string[] = [];
  let half: readonly string[] = [];
  if (ended.code !== 0) {
    tally.hit++;
    const after = await stateOf(dataDir);
    faults.push(...unclear(ended, hardship), ...lost(before, after));
    const died = hardship.mayDie && ended.signal !== null;
    half = died ? [] : halfMade(dataDir);
    if (!stage.once || differences(calm.state, after).length > 0)
      await prepared.must(dataDir, ...args);
  }
  const different = differences(calm.state, await stateOf(dataDir));
  const litter = [...half, ...litterOf(calm.names, dataDir)];
  tally.tries++;
  if (different.length === 0) tally.equal++;
  tally.litter += litter.length;
  faults.push(...different, ...litter.map((name) => `left behind: ${name}`));
  if (faults.length > 0) tally.faults.push(`${hardship.name}:\n  ${faults.join('\n  ')}`);
  removeFolder(dataDir);
}
