import { ColFile } from '../../src/platform/index.ts';

/** A listener's row of a snapshot as session and user kNN read it. */
export interface TwinListener {
  readonly user: string;
  readonly seed: number;
  /** Newest first, with the weight of each as a seed. */
  readonly seeds: ReadonlyMap<number, number>;
  readonly heard: ReadonlySet<number>;
}

/** A group of tracks: a session or a listener. */
export interface TwinGroup {
  readonly tracks: readonly number[];
  readonly weight: number;
  readonly owner: number;
}

/** The groups of a source file of key `group`. */
export function readGroups(file: ColFile): TwinGroup[] {
  const [off, track] = [file.u32('group.off'), file.u32('group.track')];
  const [weight, owner] = [file.f32('group.weight'), file.u32('group.owner')];
  return Array.from(weight, (w, g) => ({
    tracks: Array.from(track.subarray(off[g], off[g + 1])),
    weight: w,
    owner: owner[g] as number,
  }));
}

/**
 * What the `neighbours` nearest groups of others hold and the listener has not heard, by score: the
 * definition, group by group.
 */
export function nearestGroups(
  { seed, seeds, heard }: TwinListener,
  groups: readonly TwinGroup[],
  neighbours: number,
): Map<number, number> {
  const near = groups
    .map((group, g) => {
      const shared = group.tracks.reduce((sum, t) => sum + (seeds.get(t) ?? 0), 0);
      return { g, group, score: (shared / Math.sqrt(group.tracks.length)) * group.weight };
    })
    .filter(({ group, score }) => group.owner !== seed && score > 0)
    .toSorted((a, b) => b.score - a.score || a.g - b.g)
    .slice(0, neighbours);
  const scores = new Map<number, number>();
  for (const { group, score } of near)
    for (const t of group.tracks) if (!heard.has(t)) scores.set(t, (scores.get(t) ?? 0) + score);
  return scores;
}
