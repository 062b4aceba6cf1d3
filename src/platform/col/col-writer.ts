import { closeSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { type Json } from '../artifacts/index.ts';
import {
  type ColArray,
  type ColType,
  type ColumnHeader,
  align,
  colArrays,
  colDigest,
  colMagic,
} from './format.ts';

/** Grows one column; `append` copies, so the caller may reuse its buffer. */
export class ColumnAppender<T extends ColType = ColType> {
  readonly parts: Uint8Array[] = [];
  length = 0;
  readonly name: string;
  readonly type: T;

  constructor(name: string, type: T) {
    this.name = name;
    this.type = type;
  }

  append(values: ColArray<T>): void {
    const array = values;
    this.parts.push(new Uint8Array(array.buffer, array.byteOffset, array.byteLength).slice());
    this.length += array.length;
  }

  /** Appends plain numbers (bigints for u64), converted to the column's type. */
  push(values: readonly number[]): void {
    if (this.type === 'u64') this.append(BigUint64Array.from(values, BigInt) as ColArray<T>);
    else this.append(new (colArrays[this.type] as Uint8ArrayConstructor)(values) as ColArray<T>);
  }
}

/** Grows a string column: `name.off` and `name.bytes`. */
export class StringAppender {
  private readonly offsets: ColumnAppender<'u32'>;
  private readonly bytes: ColumnAppender<'u8'>;

  constructor(offsets: ColumnAppender<'u32'>, bytes: ColumnAppender<'u8'>) {
    this.offsets = offsets;
    this.bytes = bytes;
    offsets.push([0]);
  }

  append(values: readonly string[]): void {
    const ends = new Uint32Array(values.length);
    let end = this.bytes.length;
    const encoded = values.map((value, i) => {
      const part = Buffer.from(value, 'utf8');
      end += part.length;
      ends[i] = end;
      return part;
    });
    this.bytes.append(Buffer.concat(encoded));
    this.offsets.append(ends);
  }
}

/** Collects columns in memory and writes one `.col` file. A bucket's worth of data at a time. */
export class ColWriter {
  private readonly columns = new Map<string, ColumnAppender>();
  private readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** The column of that name, made on first use. */
  column<T extends ColType>(name: string, type: T): ColumnAppender<T> {
    const existing = this.columns.get(name);
    if (existing !== undefined) return existing as unknown as ColumnAppender<T>;
    const appender = new ColumnAppender(name, type);
    this.columns.set(name, appender);
    return appender;
  }

  strings(name: string): StringAppender {
    return new StringAppender(
      this.column(`${name}.off`, 'u32'),
      this.column(`${name}.bytes`, 'u8'),
    );
  }

  /** Writes and syncs the file; returns its content digest (hex). */
  async close(meta: Json): Promise<string> {
    const columns = [...this.columns.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
    let offset = 0;
    const headers: ColumnHeader[] = columns.map((column) => {
      const start = offset;
      offset = align(start + column.length * colArrays[column.type].BYTES_PER_ELEMENT);
      return { name: column.name, type: column.type, length: column.length, offset: start };
    });
    const text = Buffer.from(JSON.stringify({ columns: headers, meta }), 'utf8');
    const header = Buffer.alloc(align(16 + text.length), 0x20);
    header.set(colMagic, 0);
    header.writeUInt32LE(header.length - 16, 8);
    header.writeUInt32LE(0, 12);
    header.set(text, 16);
    const file = openSync(this.path, 'w');
    try {
      writeAll(file, header, 0);
      for (const [i, column] of columns.entries()) {
        let position = header.length + (headers[i] as ColumnHeader).offset;
        for (const part of column.parts) position = writeAll(file, part, position);
      }
      // the padding of the last column with elements, where nothing is written after it
      ftruncateSync(file, header.length + offset);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    return colDigest(columns, meta);
  }
}

function writeAll(file: number, bytes: Uint8Array, position: number): number {
  let at = 0;
  while (at < bytes.length)
    at += writeSync(file, bytes, at, Math.min(bytes.length - at, 1 << 28), position + at);
  return position + bytes.length;
}
