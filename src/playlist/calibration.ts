/** Share of p in the smoothed list distribution q~ = (1 - a) q + a p. */
const smoothing = 0.01;

/**
 * Genre shares a list is calibrated to: `recentShare` of the last 28 days, the rest of all time; either
 * alone where the other is empty, none where both are.
 */
export function taste(
  long: readonly number[],
  recent: readonly number[],
  recentShare: number,
): number[] {
  const sum = (shares: readonly number[]): number => shares.reduce((a, b) => a + b, 0);
  const [longSum, recentSum] = [sum(long), sum(recent)];
  if (longSum === 0 && recentSum === 0) return [];
  const share = recentSum === 0 ? 0 : longSum === 0 ? 1 : recentShare;
  return long.map(
    (p, g) =>
      (longSum === 0 ? 0 : (p / longSum) * (1 - share)) +
      (recentSum === 0 ? 0 : ((recent[g] as number) / recentSum) * share),
  );
}

/** Mean genre distribution of tracks; a genre of a track weighs 1 / its number of genres. Tracks without genres do not count; all zeros without any. */
export function genreShares(tracks: readonly (readonly number[])[], genres: number): number[] {
  const shares = Array.from({ length: genres }, () => 0);
  const told = tracks.filter((track) => track.length > 0);
  for (const track of told)
    for (const g of track) if (g < genres) shares[g] = (shares[g] as number) + 1 / track.length;
  return told.length === 0 ? shares : shares.map((share) => share / told.length);
}

/** KL(p || q~) of calibrated recommendations (Steck, RecSys 2018); 0 where q = p, ln 100 where q is 0. */
export function divergence(p: readonly number[], q: readonly number[]): number {
  return p.reduce(
    (sum, share, g) =>
      share === 0
        ? sum
        : sum + share * Math.log(share / ((1 - smoothing) * (q[g] as number) + smoothing * share)),
    0,
  );
}

/** By how much a track with these genres lowers the divergence of a list; 0 for one without genres. */
export function calibrationGain(
  p: readonly number[],
  list: readonly (readonly number[])[],
  genres: readonly number[],
): number {
  if (genres.length === 0) return 0;
  const before = divergence(p, genreShares(list, p.length));
  return before - divergence(p, genreShares([...list, genres], p.length));
}
