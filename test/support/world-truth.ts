import { gradedNdcg } from '../../src/domain/index.ts';
import { type JudgedListener } from '../../src/evaluation/index.ts';
import { type Truth } from '../../src/simulation/index.ts';

/** What listeners of a world would like, at one time. */
export interface WorldTruth {
  /** NDCG@30 of listener i's list: affinities as gains, the 30 best unheard tracks as ideal. */
  ndcg(i: number, list: readonly number[]): number;
  /** The same tracks by falling affinity; ties by place. */
  byAffinity(i: number, list: readonly number[]): number[];
}

/** `tracks[t]` is the index in the truth of track t of the catalogue. */
export function worldTruth(
  truth: Truth,
  listeners: readonly JudgedListener[],
  tracks: readonly number[],
  at: number,
): WorldTruth {
  const people = listeners.map(({ user, heard }) => {
    const person = truth.listenerIndex(user);
    const known = new Set(Array.from(heard, (recording) => tracks[recording] as number));
    const ideal = truth.bestUnheard(person, known, 30, at).map(({ affinity }) => affinity);
    return { person, ideal };
  });
  const gain = (i: number, track: number): number =>
    truth.affinity(people[i]?.person as number, tracks[track] as number, at);
  return {
    ndcg: (i, list) =>
      gradedNdcg(
        list.map((track) => gain(i, track)),
        people[i]?.ideal ?? [],
        30,
      ),
    byAffinity: (i, list) =>
      list
        .map((track) => ({ track, affinity: gain(i, track) }))
        .toSorted((a, b) => b.affinity - a.affinity)
        .map(({ track }) => track),
  };
}
