import { listValueBytes } from '../../src/playlist/list-value.ts';

/** A list value of so many tracks and so many in reserve, all of one source. */
export function smallList(tracks: number, reserve: number): Buffer {
  const bytes = Buffer.alloc(listValueBytes);
  bytes.set([1, 0, tracks, reserve]);
  bytes.writeUInt32LE(202_647, 4);
  for (let i = 0; i < tracks; i++) {
    const at = 8 + i * 11;
    bytes.writeUInt32LE(i, at);
    bytes.writeUInt16LE(0x3800, at + 4);
    bytes.set([1, 0, 0, 255, 255], at + 6);
  }
  for (let i = 0; i < reserve; i++) bytes.writeUInt32LE(i, 8 + 30 * 11 + i * 6);
  return bytes;
}
