import { calibrationGain } from './calibration.ts';
import { determinantGain } from './dpp.ts';
import { largest, similarity } from './mmr.ts';
import { type Candidate, type PoolTrack } from './pool.ts';
import { type ListParams } from './settings.ts';

/** value - penalty x percentile. */
export const valueAt =
  (penalty: number) =>
  (track: PoolTrack): number =>
    track.value - penalty * track.percentile;

/** Descending by value, ties to the earlier place. */
export function byValue(pool: readonly PoolTrack[], penalty: number): PoolTrack[] {
  const value = valueAt(penalty);
  return pool.toSorted((a, b) => value(b) - value(a) || a.place - b.place);
}

/** Tracks that a list may have by the track's artist. */
export function capOf(track: Candidate, params: ListParams): number {
  return (track.known ? params.perKnownArtist : params.perNewArtist) ?? Infinity;
}

/** A stretch of the selection: who may be chosen until the list has `upto` tracks. */
interface Phase {
  readonly newOnly: boolean;
  readonly capped: boolean;
  readonly upto: number;
}

function phasesOf({ length, newArtists, newArtistsOnly }: ListParams): Phase[] {
  const others = [
    { newOnly: false, capped: true, upto: length },
    { newOnly: false, capped: false, upto: length },
  ];
  return newArtistsOnly
    ? [
        { newOnly: true, capped: true, upto: length },
        { newOnly: true, capped: false, upto: length },
        ...others,
      ]
    : [{ newOnly: true, capped: true, upto: Math.min(newArtists, length) }, ...others];
}

/** Builds lists of a pool at any penalty. */
export class ListBuilder {
  readonly plain: boolean;
  private readonly pool: readonly PoolTrack[];
  private readonly params: ListParams;
  private readonly taste: readonly number[];

  constructor(pool: readonly PoolTrack[], params: ListParams, taste: readonly number[]) {
    this.pool = pool;
    this.params = params;
    this.taste = taste;
    this.plain = params.mmr === 0 && params.dpp === 0 && this.lambda === 0;
  }

  build(penalty: number): PoolTrack[] {
    return this.plain ? this.walk(penalty) : this.greedy(penalty);
  }

  /** Per phase: from the largest value down, everything that the phase allows. */
  walk(penalty: number): PoolTrack[] {
    const list: PoolTrack[] = [];
    for (const phase of phasesOf(this.params))
      for (const track of byValue(this.pool, penalty))
        if (list.length < phase.upto && this.allowed(track, list, phase)) list.push(track);
    return list;
  }

  /**
   * Per phase and step: the allowed track that adds most to (1 - lambda) (value - mmr similarity +
   * dpp ln of the factor on the determinant) + lambda length (fall of KL); logarithms are rounded to 2^-24; ties to the earlier place.
   */
  greedy(penalty: number): PoolTrack[] {
    const list: PoolTrack[] = [];
    for (const phase of phasesOf(this.params))
      while (list.length < phase.upto) {
        const allowed = this.pool.filter((track) => this.allowed(track, list, phase));
        const gains = allowed.map((track) => this.gain(track, list, penalty));
        const best = allowed[gains.indexOf(Math.max(...gains))];
        if (best === undefined) break;
        list.push(best);
      }
    return list;
  }

  meanPercentile(list: readonly PoolTrack[]): number {
    return list.reduce((sum, track) => sum + track.percentile, 0) / Math.max(list.length, 1);
  }

  private get lambda(): number {
    return this.taste.length === 0 ? 0 : this.params.calibration;
  }

  private allowed(track: PoolTrack, list: readonly PoolTrack[], phase: Phase): boolean {
    const same = list.filter(({ artist }) => artist === track.artist).length;
    const full = phase.capped && same >= capOf(track, this.params);
    return !(list.includes(track) || (phase.newOnly && track.known) || full);
  }

  private gain(track: PoolTrack, list: readonly PoolTrack[], penalty: number): number {
    const { mmr, dpp, length } = this.params;
    const near = largest(list.map((other) => similarity(track, other, this.params)));
    const value =
      valueAt(penalty)(track) -
      (mmr > 0 ? mmr * near : 0) +
      (dpp > 0 ? rounded(dpp * determinantGain(list, track)) : 0);
    if (this.lambda === 0) return value;
    const fall = calibrationGain(
      this.taste,
      list.map(({ genres }) => genres),
      track.genres,
    );
    return (1 - this.lambda) * value + rounded(this.lambda * length * fall);
  }
}

/** To the nearest multiple of 2^-24, ties to even: gains that differ in their last bits only are ties. */
function rounded(gain: number): number {
  const lastBit = 1.5 * 2 ** 28;
  return gain + lastBit - lastBit;
}
