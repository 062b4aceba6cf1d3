import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { ColFile } from '../platform/index.ts';

interface Bucket {
  readonly file: ColFile;
  readonly users: ReadonlyMap<string, number>;
  /** Which file it was when it was opened: an erasure puts another in its place. */
  readonly inode: bigint;
}

/** The listener's history rows that receipts point into: track indexes, newest first. */
export class Histories {
  private readonly paths: readonly string[];
  private readonly open = new Map<number, Bucket>();

  /** `paths`: the snapshot's `listeners-NNNN.col` in bucket order. */
  constructor(paths: readonly string[]) {
    this.paths = paths;
  }

  /** Tracks of a listener's record; empty for strangers. */
  of(user: string): Uint32Array {
    const bucket = bucketOf(user, this.paths.length);
    for (;;) {
      const { file, users, inode } = this.bucket(bucket);
      const row = users.get(user);
      if (row === undefined) return new Uint32Array();
      const [from, to] = file.slice('hist.off', 'u32', row, 2);
      const tracks = file.slice('hist.track', 'u32', from as number, Number(to) - Number(from));
      if (inodeOf(file.path) === inode) return tracks;
    }
  }

  private bucket(bucket: number): Bucket {
    const path = this.paths[bucket] as string;
    const inode = inodeOf(path);
    const known = this.open.get(bucket);
    if (known?.inode === inode) return known;
    const file = ColFile.open(path);
    const users = new Map(file.strings('user_id').map((id, i) => [id, i]));
    const opened = { file, users, inode };
    this.open.set(bucket, opened);
    if (this.open.size > 64) this.open.delete(this.open.keys().next().value as number);
    return opened;
  }
}

const inodeOf = (path: string): bigint => statSync(path, { bigint: true }).ino;

/** The first 15 hex digits of md5(user id) modulo the number of buckets, as the lake has it. */
function bucketOf(user: string, buckets: number): number {
  return Number(
    BigInt(`0x${createHash('md5').update(user, 'utf8').digest('hex').slice(0, 15)}`) %
      BigInt(buckets),
  );
}
