/** Groups buckets, in order, into at most `shards` shards of nearly equal numbers of buckets. */
export function planShards(buckets: number, shards: number): number[][] {
  const count = Math.max(1, Math.min(buckets, Math.floor(shards)));
  return Array.from({ length: count }, (_, s) => {
    const from = Math.floor((s * buckets) / count);
    const to = Math.floor(((s + 1) * buckets) / count);
    return Array.from({ length: to - from }, (_, i) => from + i);
  });
}
