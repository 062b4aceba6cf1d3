import { createHash } from 'node:crypto';
import { ColFile } from '../platform/index.ts';

/** The listener's history rows that receipts point into: track indexes, newest first. */
export class Histories {
  private readonly paths: readonly string[];
  private readonly open = new Map<number, { file: ColFile; users: Map<string, number> }>();

  /** `paths`: the snapshot's `listeners-NNNN.col` in bucket order. */
  constructor(paths: readonly string[]) {
    this.paths = paths;
  }

  /** Tracks of a listener's record; empty for strangers. */
  of(user: string): Uint32Array {
    const bucket = bucketOf(user, this.paths.length);
    let entry = this.open.get(bucket);
    if (entry === undefined) {
      const file = ColFile.open(this.paths[bucket] as string);
      entry = { file, users: new Map(file.strings('user_id').map((id, i) => [id, i])) };
      this.open.set(bucket, entry);
      if (this.open.size > 64) this.open.delete(this.open.keys().next().value as number);
    }
    const row = entry.users.get(user);
    if (row === undefined) return new Uint32Array();
    const [from, to] = entry.file.slice('hist.off', 'u32', row, 2);
    return entry.file.slice('hist.track', 'u32', from as number, (to as number) - (from as number));
  }
}

/** The first 15 hex digits of md5(user id) modulo the number of buckets, as the lake has it. */
function bucketOf(user: string, buckets: number): number {
  return Number(
    BigInt(`0x${createHash('md5').update(user, 'utf8').digest('hex').slice(0, 15)}`) %
      BigInt(buckets),
  );
}
