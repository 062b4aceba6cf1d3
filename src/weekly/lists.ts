import { ColFile } from '../platform/index.ts';

/** Bytes of a list value, version 1. */
const listBytes = 698;

/** Lists of one bucket as they lie in a shard's file. */
export interface BucketFile {
  readonly users: readonly string[];
  /** `listBytes` per listener, in the order of `users`. */
  readonly values: Uint8Array;
}

export function readLists(path: string): BucketFile {
  const file = ColFile.open(path);
  return { users: file.strings('user_id'), values: file.u8('value') };
}

export function valueAt(lists: BucketFile, i: number): Uint8Array {
  return lists.values.subarray(i * listBytes, (i + 1) * listBytes);
}
