import { EngineError, NotFoundError, type Week, weekStart } from '../domain/index.ts';
import { type Json, type Pointer, type Store } from '../platform/index.ts';
import { readLists, valueAt } from './lists.ts';
import { type RunFolder } from './run-folder.ts';

/** What readers need to decode a generation; stored with it. */
export interface GenerationInfo {
  readonly week: string;
  readonly modelSet: string;
  readonly snapshot: string;
  readonly setting: string;
  readonly listsDigest: string;
  readonly run: string;
  readonly listeners: number;
  readonly meanScore: number;
}

const batch = 2000;

export function generationName(run: RunFolder): string {
  return `${run.plan.week}-${run.listsDigest().slice(0, 12)}`;
}

/**
 * Loads a run's lists as a generation beside the live one, counts them, reads them back, and flips
 * the pointer. Killed anywhere and repeated, it ends the same; a generation that is live already is
 * left alone. A live generation that has not opened is replaced: the one shown until then stays the
 * previous one (`now` counts as no earlier than the run's as-of time). Generations that the pointer
 * does not name are dropped.
 */
export async function publish(
  store: Store,
  run: RunFolder,
  info: GenerationInfo,
  options: {
    readonly opensAt: number;
    readonly now: number;
    readonly onProgress?: (done: number, total: number) => void;
  },
): Promise<Pointer> {
  const generation = generationName(run);
  const pointer = await store.pointer();
  if (pointer.current === generation) {
    await dropUnnamed(store, pointer);
    return pointer;
  }
  if (!(await store.generations()).has(generation))
    await load(store, run, generation, info, options.onProgress);
  const finished = await store.generations();
  // what the run has seen has happened, whatever a clock that is behind says
  const now = Math.max(options.now, run.plan.asOf);
  const shown =
    pointer.opensAt > now && pointer.previous !== null && finished.has(pointer.previous)
      ? pointer.previous
      : pointer.current;
  const previous = shown === generation ? pointer.current : shown;
  const flipped = await store.flip(pointer.epoch, {
    current: generation,
    previous,
    opensAt: options.opensAt,
  });
  if (!flipped)
    throw new EngineError('Another publish moved the pointer at the same time.', {
      code: 'publish.raced',
      remedy: 'Look at "deepcuts show" and publish again if it is not the week you want.',
    });
  const live = await store.pointer();
  await dropUnnamed(store, live);
  return live;
}

/** Drops what the pointer does not name: older generations, and what killed loads left. */
function dropUnnamed(store: Store, { current, previous }: Pointer): Promise<void> {
  return store.keepOnly([current, previous].filter((name) => name !== null));
}

async function load(
  store: Store,
  run: RunFolder,
  generation: string,
  info: GenerationInfo,
  onProgress?: (done: number, total: number) => void,
): Promise<void> {
  const buckets = run.buckets();
  const total = buckets.reduce((sum, bucket) => sum + bucket.listeners, 0);
  const writer = await store.begin(generation);
  let done = 0;
  for (const bucket of buckets) {
    const lists = readLists(run.listsPath(bucket));
    for (let from = 0; from < lists.users.length; from += batch) {
      const part = lists.users.slice(from, from + batch);
      await writer.put(part.map((key, i) => ({ key, value: valueAt(lists, from + i) })));
      done += part.length;
      onProgress?.(done, total);
    }
  }
  const damaged = await firstDifference(store, run, generation);
  if (damaged !== null)
    throw new EngineError(
      `The store does not give back the list of listener ${damaged} as it was written.`,
      {
        code: 'publish.read_back',
        remedy: 'Check the disk, then publish again; the live generation was not touched.',
      },
    );
  const count = await writer.finish(info as unknown as Json);
  if (count !== total)
    throw new EngineError(`The store holds ${count} of ${total} lists.`, {
      code: 'publish.count',
      remedy: 'Publish again; the live generation was not touched.',
    });
}

/** Reads a spread of the lists back; at most 2,000 a bucket. */
async function firstDifference(
  store: Store,
  run: RunFolder,
  generation: string,
): Promise<string | null> {
  for (const bucket of run.buckets()) {
    const lists = readLists(run.listsPath(bucket));
    const step = Math.max(1, Math.ceil(lists.users.length / batch));
    for (let i = 0; i < lists.users.length; i += step) {
      const found = await store.get(generation, lists.users[i] as string);
      if (found === null || Buffer.compare(found, valueAt(lists, i)) !== 0)
        return lists.users[i] as string;
    }
  }
  return null;
}

/**
 * Flips back to the generation before the live one, which opens at the start of its own week. With
 * `week` it goes back to that week alone, and where that is live already changes nothing: a rollback
 * of which nobody knows whether it happened may be repeated.
 */
export async function rollback(store: Store, week?: Week): Promise<Pointer> {
  const pointer = await store.pointer();
  const finished = await store.generations();
  const infoOf = (name: string | null): GenerationInfo | undefined =>
    finished.get(name ?? '') as unknown as GenerationInfo | undefined;
  if (week !== undefined && infoOf(pointer.current)?.week === week) return pointer;
  const info = infoOf(pointer.previous);
  if (info === undefined || (week !== undefined && info.week !== week))
    throw new NotFoundError(
      week === undefined
        ? 'There is no earlier generation to go back to.'
        : `There is no generation of week ${week} to go back to.`,
      {
        code: 'publish.no_previous',
        remedy: 'Publish another week with "deepcuts publish WEEK".',
      },
    );
  const flipped = await store.flip(pointer.epoch, {
    current: pointer.previous,
    previous: pointer.current,
    opensAt: weekStart(info.week as Week),
  });
  if (!flipped)
    throw new EngineError('Another publish moved the pointer at the same time.', {
      code: 'publish.raced',
      remedy: 'Try again.',
    });
  return store.pointer();
}
