import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Prepared } from '../shared/prepared.ts';
import { halfMade, lost, unclear } from '../shared/refusal.ts';
import { copyFolder, removeFolder } from '../shared/scratch.ts';
import { type Stage, ready } from '../shared/stages.ts';
import { type State, differences, litterOf, namesBelow, stateOf } from '../shared/state.ts';
import { type Tally } from '../shared/tally.ts';
import { type SmallDisk } from './small-disk.ts';

/** A stage on a disk with room for all: what it leaves, and how many bytes it asks for. */
export interface Roomy {
  readonly state: State;
  readonly names: readonly string[];
  readonly bytes: number;
}

/** How a disk fails: by room for so many bytes only, or by being read-only. */
export type Failure = number | 'read-only';

async function place(prepared: Prepared, stage: Stage, disk: SmallDisk): Promise<string> {
  const made = await ready(prepared, stage);
  const dataDir = join(disk.path, 'data');
  removeFolder(dataDir);
  if (existsSync(made)) copyFolder(made, dataDir);
  removeFolder(made);
  return dataDir;
}

export async function roomy(prepared: Prepared, stage: Stage, disk: SmallDisk): Promise<Roomy> {
  const dataDir = await place(prepared, stage, disk);
  const before = disk.freeBytes;
  await prepared.must(dataDir, ...(await stage.args(prepared, dataDir)));
  return {
    state: await stateOf(dataDir),
    names: namesBelow(dataDir),
    bytes: before - disk.freeBytes,
  };
}

/** A stage on a failing disk, a look at what is left, and the same stage once there is room. */
export async function failAndRepeat(
  prepared: Prepared,
  stage: Stage,
  calm: Roomy,
  { disk, failure }: { readonly disk: SmallDisk; readonly failure: Failure },
  tally: Tally,
): Promise<void> {
  const dataDir = await place(prepared, stage, disk);
  const before = await stateOf(dataDir);
  const args = await stage.args(prepared, dataDir);
  if (failure === 'read-only') disk.readOnly(true);
  else disk.leave(failure);
  const ended = await prepared.start(dataDir, args).ended;
  if (failure === 'read-only') disk.readOnly(false);
  disk.empty();
  const faults: string[] = [];
  if (ended.code !== 0) {
    tally.hit++;
    faults.push(...unclear(ended, failure === 'read-only' ? ['disk.read_only'] : ['disk.full']));
    faults.push(...lost(before, await stateOf(dataDir)));
    const half = halfMade(dataDir);
    tally.litter += half.length;
    faults.push(...half.map((name) => `half made: ${name}`));
    await prepared.must(dataDir, ...args);
  }
  const different = differences(calm.state, await stateOf(dataDir));
  const litter = litterOf(calm.names, dataDir);
  tally.tries++;
  if (different.length === 0) tally.equal++;
  tally.litter += litter.length;
  faults.push(...different, ...litter.map((name) => `left behind: ${name}`));
  if (faults.length > 0)
    tally.faults.push(
      `${failure === 'read-only' ? failure : `room for ${failure} bytes`}:\n  ${faults.join('\n  ')}`,
    );
}
