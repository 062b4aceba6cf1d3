import { existsSync, writeFileSync } from 'node:fs';
import { type Prepared } from '../shared/prepared.ts';
import { removeFolder } from '../shared/scratch.ts';
import { differences, litterOf, readStore, stateOf } from '../shared/state.ts';
import { type Tally } from '../shared/tally.ts';
import { type Point, pointName } from './points.ts';
import { type Stage, ready } from '../shared/stages.ts';
import { stepVariables } from './step.ts';
import { type Undisturbed, switched, watchNames } from './undisturbed.ts';

/** One kill, one look at what readers see, one repeat, one comparison. */
export async function killAndRepeat(
  prepared: Prepared,
  stage: Stage,
  calm: Undisturbed,
  point: Point,
  tally: Tally,
): Promise<void> {
  const dataDir = await ready(prepared, stage);
  const args = await stage.args(prepared, dataDir);
  const killed = await killedAt(prepared, stage, dataDir, args, point);
  const faults: string[] = [];
  const unseen = await wholeGeneration(calm, dataDir);
  if (unseen !== null) faults.push(`readers see ${unseen}`);
  if (!stage.once || differences(calm.state, await stateOf(dataDir)).length > 0) {
    const repeat = await prepared.start(dataDir, args).ended;
    if (repeat.code !== 0) faults.push(`the repeat ends with ${repeat.code}: ${repeat.stderr}`);
  }
  const different = differences(calm.state, await stateOf(dataDir));
  const litter = litterOf(calm.names, dataDir);
  tally.tries++;
  if (killed) tally.hit++;
  if (different.length === 0 && faults.length === 0) tally.equal++;
  tally.litter += litter.length;
  faults.push(...different, ...litter.map((name) => `left behind: ${name}`));
  if (faults.length > 0)
    tally.faults.push(`killed ${pointName(point, calm)}:\n  ${faults.join('\n  ')}`);
  removeFolder(dataDir);
}

/** Whether the process died; false where it ended before its point came. */
async function killedAt(
  prepared: Prepared,
  stage: Stage,
  dataDir: string,
  args: readonly string[],
  point: Point,
): Promise<boolean> {
  if (point.kind === 'progress') {
    const running = prepared.start(dataDir, args);
    let over = false;
    void running.ended.then(() => (over = true));
    if (point.changes > 0)
      await watchNames(
        dataDir,
        () => over,
        (changes) => changes >= point.changes,
      );
    await new Promise((resolve) => setTimeout(resolve, point.pauseMs));
    running.child.kill('SIGKILL');
    return (await running.ended).signal === 'SIGKILL';
  }
  const token = prepared.scratch.fresh('token');
  writeFileSync(token, '');
  const { ended } = prepared.start(dataDir, args, {
    ...switched,
    [stepVariables.token]: token,
    [stepVariables.kill]: `${point.role}:${point.step}:${point.side}`,
    [stepVariables.only]: stage.only,
  });
  await ended;
  return !existsSync(token);
}

/** What is wrong with the live generation; null where it is the one before or the one after, whole. */
async function wholeGeneration(calm: Undisturbed, dataDir: string): Promise<string | null> {
  const { pointer, generations } = await readStore(dataDir);
  const current = pointer?.current ?? null;
  if (current === null)
    return calm.before.pointer === null ? null : 'no live generation where there was one';
  const known = [calm.before, calm.after].flatMap((state) => state.generations[current] ?? []);
  if (known.length === 0) return `a live generation ${current} that no run makes`;
  const found = JSON.stringify(generations[current]);
  return known.some((each) => JSON.stringify(each) === found)
    ? null
    : `a live generation ${current} that is not whole`;
}
