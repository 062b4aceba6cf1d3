import { chainOptions, openWorkspace } from '../../src/app/index.ts';
import { weekOf } from '../../src/domain/index.ts';
import {
  type Judgement,
  type JudgedPoint,
  type Lists,
  CoreTime,
  baselineLists,
  chainLists,
  judgedPoint,
  tuningPoints,
} from '../../src/evaluation/index.ts';
import { eventSpans, refine, snapshotFiles } from '../../src/lake/index.ts';
import { ColFile } from '../../src/platform/index.ts';
import { modelSetFor, openModelSet } from '../../src/scoring/index.ts';
import {
  type Plays,
  type Rival,
  chosenModel,
  chosenName,
  rivalRankings,
  runListenBrainz,
} from './listenbrainz.ts';

/** Judgements of every method on the same listener-points, in one order. */
export interface WeeklyRivals {
  readonly users: string[];
  readonly judgements: Map<string, Judgement[]>;
  /** Core microseconds a judged listener to make lists from trained models; NaN where unknown. */
  readonly listing: (name: string) => number;
  /** The peer's grid at each point. */
  readonly grids: Rival[];
}

const baselines = ['popularity', 'item-item CF (cosine)', 'own artists'];

/** ListenBrainz's recipe beside the settings, at the tuning points; what it knows is what the snapshot knows. */
export async function weeklyRivals(dataDir: string): Promise<WeeklyRivals> {
  const silver = await refine({ dataDir });
  const options = chainOptions(await openWorkspace(dataDir));
  const coreTime = new CoreTime();
  const peerMicroseconds = { total: 0 };
  const found: WeeklyRivals = {
    users: [],
    judgements: new Map(),
    listing: (name) =>
      name === chosenName
        ? peerMicroseconds.total / found.users.length
        : coreTime.perListener(name, found.users.length),
    grids: [],
  };
  for (const point of tuningPoints(eventSpans(silver), options.labelDays)) {
    const judged = await judgedPoint(dataDir, silver, point, options);
    const { chain, listeners, judge } = judged;
    const users = listeners.map(({ user }) => user);
    found.users.push(...users);
    const add = (name: string, lists: Lists, complete: boolean): void => {
      const rows = found.judgements.get(name) ?? [];
      found.judgements.set(name, rows);
      for (const listener of listeners) {
        const ranked = lists.get(listener.user) ?? [];
        rows.push(judge.judge(listener, complete ? judge.complete(listener, ranked) : ranked));
      }
    };
    const all = await baselineLists(dataDir, chain.snapshot, users, coreTime.measure);
    for (const name of baselines) add(name, all.get(name) ?? new Map(), true);
    for (const setting of ['accurate', 'balanced'] as const) {
      const { at } = point;
      const delivery = { setting, week: weekOf(at), deliverAtMs: at, seed: options.seed };
      const { path } = await modelSetFor(dataDir, chain, delivery);
      const modelSet = await openModelSet(dataDir, path, { verify: false });
      const measure = <T>(work: () => Promise<T>): Promise<T> => coreTime.measure(setting, work);
      add(setting, await chainLists(modelSet, users, { measure }), false);
    }
    const rival = runListenBrainz(playsOf(judged), options.seed, 60);
    for (const [name, rows] of rivalRankings(rival))
      add(name, new Map(users.map((user, i) => [user, rows[i] ?? []])), true);
    peerMicroseconds.total += 1e6 * chosenModel(rival).listingSeconds;
    found.grids.push(rival);
  }
  return found;
}

/** Everybody's newest tracks with their positive plays, as the snapshot keeps them. */
function playsOf({ chain, catalogue, listeners }: JudgedPoint): Plays {
  const rows: number[] = [];
  const index = new Map<string, number>();
  for (const path of snapshotFiles(chain.snapshot).listeners) {
    const file = ColFile.open(path);
    const [offsets, tracks, plays] = [
      file.u32('hist.off'),
      file.u32('hist.track'),
      file.u16('hist.positives'),
    ];
    for (const [i, user] of file.strings('user_id').entries()) {
      const row = index.size;
      index.set(user, row);
      for (let at = offsets[i] as number; at < (offsets[i + 1] as number); at++)
        if ((plays[at] as number) > 0) rows.push(row, tracks[at] as number, plays[at] as number);
    }
  }
  return {
    rows: Uint32Array.from(rows),
    artists: catalogue.artist,
    judged: Uint32Array.from(listeners, ({ user }) => index.get(user) as number),
  };
}
