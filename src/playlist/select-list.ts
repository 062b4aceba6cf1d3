import { ListBuilder, byValue, capOf, valueAt } from './list-builder.ts';
import { type Candidate, poolOf } from './pool.ts';
import { penaltyBelow } from './popularity.ts';
import { type ListParams } from './settings.ts';

export interface Selected {
  /** Places among the candidates, in the order of choice. */
  readonly chosen: readonly number[];
  readonly reserve: readonly number[];
  readonly penalty: number;
  readonly duplicate: number;
  readonly capped: number;
  readonly beyondCap: number;
  readonly left: number;
}

/**
 * The list and its reserve, before exploration: the readable form of the crate's `select`, equal to it
 * place by place. `taste`: genre shares, empty for none; `habit`: mean percentile of the listener's
 * own tracks.
 *
 * One release per recording stays (best score, ties to the earlier). Scores are divided by the
 * listener's best, so weights mean the same for everybody. The penalty B on popularity is the smallest
 * for which the list's mean percentile is at most habit - popularityMargin.
 */
export function selectList(
  candidates: readonly Candidate[],
  params: ListParams,
  taste: readonly number[],
  habit: number,
): Selected {
  const pool = poolOf(candidates);
  const builder = new ListBuilder(pool, params, taste);
  const margin = params.popularityMargin;
  const penalty = margin === null ? 0 : penaltyBelow(habit - margin, params, builder);
  const list = builder.build(penalty);
  const value = valueAt(penalty);
  const rest = byValue(pool, penalty).filter((track) => !list.includes(track));
  const { newArtistsOnly } = params;
  const ordered = newArtistsOnly
    ? [...rest.filter((track) => !track.known), ...rest.filter((track) => track.known)]
    : rest;
  const reserve = ordered.slice(0, params.reserve);
  const least = list.reduce((m, track) => Math.min(m, value(track)), Infinity);
  const count = (artist: number): number => list.filter((track) => track.artist === artist).length;
  const capped = rest.filter(
    (track) => value(track) > least && count(track.artist) >= capOf(track, params),
  );
  const firsts = list.filter(
    (track, i) => list.findIndex((other) => other.artist === track.artist) === i,
  );
  return {
    chosen: list.map(({ place }) => place),
    reserve: reserve.map(({ place }) => place),
    penalty,
    duplicate: candidates.length - pool.length,
    capped: capped.length,
    beyondCap: firsts.reduce(
      (sum, track) => sum + Math.max(0, count(track.artist) - capOf(track, params)),
      0,
    ),
    left: pool.length - list.length - reserve.length,
  };
}
