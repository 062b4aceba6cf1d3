import { chainOptions, openWorkspace } from '../../src/app/index.ts';
import { gradedNdcg, weekOf } from '../../src/domain/index.ts';
import {
  type EvaluationPoint,
  type JudgedListener,
  type Lists,
  Judge,
  chainLists,
  tuningPoints,
  judgedPoint,
} from '../../src/evaluation/index.ts';
import { type SilverRef, eventSpans, snapshotFiles } from '../../src/lake/index.ts';
import { ColFile } from '../../src/platform/index.ts';
import { type SettingName } from '../../src/playlist/index.ts';
import { modelSetFor, openModelSet } from '../../src/scoring/index.ts';
import { openTruth } from '../../src/simulation/index.ts';

export const judgedSettings: readonly SettingName[] = ['accurate', 'balanced'];

/** Lists of a setting with hygiene on and off, judged by the same truth. */
export interface Judged {
  readonly setting: SettingName;
  readonly users: readonly string[];
  /** NDCG@30 against held-out first plays, and against the world's truth where there is one. */
  readonly heldOut: { readonly on: readonly number[]; readonly off: readonly number[] };
  readonly truth: { readonly on: readonly number[]; readonly off: readonly number[] } | null;
  /** Tracks of every list, by id. */
  readonly lists: { readonly on: readonly string[][]; readonly off: readonly string[][] };
}

/** The tuning points of a lake, all listeners that can be judged. */
export async function judgeHygiene(
  dataDir: string,
  silver: SilverRef,
  world: string | null,
): Promise<Judged[]> {
  const options = chainOptions(await openWorkspace(dataDir));
  const found = new Map(judgedSettings.map((setting) => [setting, empty(setting, world !== null)]));
  for (const point of tuningPoints(eventSpans(silver), options.labelDays)) {
    const [off, on] = [
      await listsAt(dataDir, silver, point, false),
      await listsAt(dataDir, silver, point, true),
    ];
    if (on.tracks.join() !== off.tracks.join()) throw new Error('hygiene changed the catalogue');
    const { catalogue, listeners, tracks } = off;
    const judge = new Judge(catalogue, listeners.length);
    const gains = world === null ? null : truthOf(world, listeners, tracks, point.at);
    for (const setting of judgedSettings) {
      const row = found.get(setting) as Mutable;
      for (const [i, listener] of listeners.entries()) {
        row.users.push(listener.user);
        for (const [way, made] of [
          ['on', on],
          ['off', off],
        ] as const) {
          const list = made.lists.get(setting)?.get(listener.user) ?? [];
          row.heldOut[way].push(judge.judge(listener, list).ndcg);
          row.lists[way].push(list.map((track) => tracks[track] as string));
          if (gains !== null) row.truth?.[way].push(gains(i, list));
        }
      }
    }
  }
  return [...found.values()];
}

interface Mutable extends Judged {
  readonly users: string[];
  readonly heldOut: { readonly on: number[]; readonly off: number[] };
  readonly truth: { readonly on: number[]; readonly off: number[] } | null;
  readonly lists: { readonly on: string[][]; readonly off: string[][] };
}

function empty(setting: SettingName, hasTruth: boolean): Mutable {
  return {
    setting,
    users: [],
    heldOut: { on: [], off: [] },
    truth: hasTruth ? { on: [], off: [] } : null,
    lists: { on: [], off: [] },
  };
}

async function listsAt(dataDir: string, silver: SilverRef, point: EvaluationPoint, on: boolean) {
  const options = {
    ...chainOptions(await openWorkspace(dataDir)),
    hygiene: { on, keep: [] },
    onStage: (stage: string) => process.stderr.write(`${on ? 'on' : 'off'}: ${stage}\n`),
  };
  const { chain, catalogue, listeners } = await judgedPoint(dataDir, silver, point, options);
  const { snapshot } = chain;
  const users = listeners.map(({ user }) => user);
  const lists = new Map<SettingName, Lists>();
  for (const setting of judgedSettings) {
    const delivery = { setting, week: weekOf(point.at), deliverAtMs: point.at, seed: 1 };
    const { path } = await modelSetFor(dataDir, chain, delivery);
    lists.set(
      setting,
      await chainLists(await openModelSet(dataDir, path, { verify: false }), users),
    );
  }
  const tracks = ColFile.open(snapshotFiles(snapshot).catalogue).strings('track_id');
  return { catalogue, listeners, lists, tracks };
}

/** NDCG@30 of a list of listener `i` against the world's truth. NaN for who is not of the world. */
function truthOf(
  world: string,
  listeners: readonly JudgedListener[],
  tracks: readonly string[],
  at: number,
): (i: number, list: readonly number[]) => number {
  const truth = openTruth(world);
  const index = tracks.map((id) => truth.trackIndex(id));
  const people = listeners.map(({ user, heard }) => {
    if (!user.startsWith('u')) return null;
    const person = truth.listenerIndex(user);
    const known = new Set(Array.from(heard, (recording) => index[recording] as number));
    const ideal = truth.bestUnheard(person, known, 30, at).map(({ affinity }) => affinity);
    return { person, ideal };
  });
  return (i, list) => {
    const one = people[i];
    if (one === null || one === undefined) return Number.NaN;
    const gains = list.map((t) => truth.affinity(one.person, index[t] as number, at));
    return gradedNdcg(gains, one.ideal, 30);
  };
}
