import { createHash } from 'node:crypto';
import { type Json, canonicalJson } from '../artifacts/index.ts';

/** Element types of a `.col` column, with the typed array each is seen as. */
export const colArrays = {
  u8: Uint8Array,
  i8: Int8Array,
  u16: Uint16Array,
  i16: Int16Array,
  u32: Uint32Array,
  i32: Int32Array,
  f32: Float32Array,
  f64: Float64Array,
  u64: BigUint64Array,
} as const;

export type ColType = keyof typeof colArrays;

interface ArrayOf {
  u8: Uint8Array;
  i8: Int8Array;
  u16: Uint16Array;
  i16: Int16Array;
  u32: Uint32Array;
  i32: Int32Array;
  f32: Float32Array;
  f64: Float64Array;
  u64: BigUint64Array;
}

export type ColArray<T extends ColType = ColType> = ArrayOf[T];

export interface ColumnHeader {
  readonly name: string;
  readonly type: ColType;
  /** Elements, not bytes. */
  readonly length: number;
  /** Bytes from the end of the header. */
  readonly offset: number;
}

export interface ColHeader {
  readonly columns: readonly ColumnHeader[];
  readonly meta: Json;
}

export const colMagic = new TextEncoder().encode('DCCOL1\n\0');
const colAlignment = 64;

export function align(bytes: number): number {
  return Math.ceil(bytes / colAlignment) * colAlignment;
}

/** Content digest: columns in name order (name, type, length, bytes), then the canonical meta. */
export function colDigest(
  columns: readonly (Omit<ColumnHeader, 'offset'> & { readonly parts: readonly Uint8Array[] })[],
  meta: Json,
): string {
  const hash = createHash('sha256');
  const ordered = columns.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  for (const column of ordered) {
    hash.update(`${column.name}\0${column.type}\0${column.length}\0`);
    for (const part of column.parts) hash.update(part);
  }
  return hash.update(canonicalJson(meta)).digest('hex');
}
