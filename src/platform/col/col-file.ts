import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { ArtifactError } from '../../domain/index.ts';
import { type Json, parseJson } from '../artifacts/index.ts';
import {
  type ColArray,
  type ColHeader,
  type ColType,
  type ColumnHeader,
  colArrays,
  colDigest,
  colMagic,
} from './format.ts';

const longestHeader = 1 << 24;

const widthOf = (type: ColType): number => colArrays[type].BYTES_PER_ELEMENT;

function isHeader(value: unknown): value is ColHeader {
  const { columns, meta } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return Array.isArray(columns) && meta !== undefined && columns.every(isColumn);
}

function isColumn(value: unknown): value is ColumnHeader {
  const { name, type, length, offset } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const isSize = (n: unknown): boolean => Number.isSafeInteger(n) && (n as number) >= 0;
  return (
    typeof name === 'string' &&
    typeof type === 'string' &&
    Object.hasOwn(colArrays, type) &&
    isSize(length) &&
    isSize(offset)
  );
}

/** A `.col` file open for reading by JavaScript; a column is read when asked for. */
export class ColFile {
  readonly path: string;
  readonly header: ColHeader;
  private readonly start: number;
  private readonly byName: ReadonlyMap<string, ColumnHeader>;

  private constructor(path: string, header: ColHeader, start: number) {
    this.path = path;
    this.header = header;
    this.start = start;
    this.byName = new Map(header.columns.map((column) => [column.name, column]));
  }

  /** Reads the header and checks that every column lies inside the file. */
  static open(path: string): ColFile {
    const fail = (why: string, cause?: unknown): never => {
      throw new ArtifactError(`${path} is not a .col file: ${why}.`, {
        code: 'col.invalid',
        remedy: 'Rebuild the artifact it belongs to.',
        cause,
      });
    };
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? fail('it does not exist');
    if (size < 16) return fail('it is shorter than its header');
    const head = readBytes(path, 0, 16);
    if (!colMagic.every((byte, i) => head[i] === byte)) return fail('the first bytes are others');
    const length = head.readUInt32LE(8);
    if (16 + length > size) return fail('the header is cut off');
    if (length > longestHeader) return fail('the header is longer than any of ours');
    let value: unknown;
    try {
      value = parseJson(readBytes(path, 16, length).toString('utf8'));
    } catch (cause) {
      return fail('the header is not JSON', cause);
    }
    if (!isHeader(value)) return fail('the header is not what the format says');
    const header = value;
    const names = new Set<string>();
    for (const column of header.columns) {
      const end = 16 + length + column.offset + column.length * widthOf(column.type);
      if (end > size) return fail(`column ${column.name} lies outside the file`);
      if (names.has(column.name)) return fail(`two columns are called ${column.name}`);
      names.add(column.name);
    }
    return new ColFile(path, header, 16 + length);
  }

  get meta(): Json {
    return this.header.meta;
  }

  has(name: string): boolean {
    return this.byName.has(name);
  }

  /** A copy of a column in memory; the type must be the stored one. */
  read<T extends ColType>(name: string, type: T): ColArray<T> {
    return this.slice(name, type, 0, this.byName.get(name)?.length ?? 0);
  }

  /** Elements of a column; 0 where there is none. */
  length(name: string): number {
    return this.byName.get(name)?.length ?? 0;
  }

  u8 = (name: string): Uint8Array => this.read(name, 'u8');
  u16 = (name: string): Uint16Array => this.read(name, 'u16');
  u32 = (name: string): Uint32Array => this.read(name, 'u32');
  i32 = (name: string): Int32Array => this.read(name, 'i32');
  f32 = (name: string): Float32Array => this.read(name, 'f32');

  /** A string column, decoded. */
  strings(name: string): string[] {
    const offsets = this.u32(`${name}.off`);
    const bytes = this.read(`${name}.bytes`, 'u8');
    requireOffsets(this.path, name, offsets, bytes.length);
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    return Array.from({ length: Math.max(0, offsets.length - 1) }, (_, i) =>
      text.toString('utf8', offsets[i], offsets[i + 1]),
    );
  }

  /** One string of a string column, without reading the others. */
  stringAt(name: string, i: number): string {
    const [from, to] = this.slice(`${name}.off`, 'u32', i, 2) as unknown as [number, number];
    const bytes = this.slice(`${name}.bytes`, 'u8', from, to - from);
    return Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length).toString(
      'utf8',
    );
  }

  /** `count` elements of a column from element `from`; a range outside the column is an ArtifactError. */
  slice<T extends ColType>(name: string, type: T, from: number, count: number): ColArray<T> {
    const column = this.byName.get(name);
    if (column === undefined || column.type !== type || !within(from, count, column.length))
      throw new ArtifactError(
        `${this.path} has no ${type} column "${name}" with an element ${from + count - 1}.`,
        {
          code: 'col.column',
          remedy: 'Rebuild the artifact it belongs to.',
        },
      );
    const array = colArrays[type];
    const width = array.BYTES_PER_ELEMENT;
    const bytes = readBytes(this.path, this.start + column.offset + from * width, count * width);
    return new (array as Uint8ArrayConstructor)(
      bytes.buffer as ArrayBuffer,
      bytes.byteOffset,
      count,
    ) as ColArray<T>;
  }

  /** The content digest, recomputed from the bytes. */
  digest(): string {
    return colDigest(
      this.header.columns.map((column) => ({
        ...column,
        parts: [
          readBytes(
            this.path,
            this.start + column.offset,
            column.length * colArrays[column.type].BYTES_PER_ELEMENT,
          ),
        ],
      })),
      this.meta,
    );
  }
}

function within(from: number, count: number, length: number): boolean {
  return Number.isInteger(from) && from >= 0 && count >= 0 && from + count <= length;
}

/**
 * Refuses offsets of a list or string column that do not ascend from 0 to the number of its values:
 * an ArtifactError.
 */
export function requireOffsets(
  path: string,
  name: string,
  offsets: Uint32Array,
  values: number,
): void {
  let before = 0;
  let ascend = offsets.length > 0 && offsets[0] === 0 && offsets.at(-1) === values;
  for (const offset of offsets) {
    ascend &&= offset >= before;
    before = offset;
  }
  if (ascend) return;
  throw new ArtifactError(`${path}: the offsets of "${name}" do not fit its values.`, {
    code: 'col.invalid',
    remedy: 'Rebuild the artifact it belongs to.',
  });
}

function readBytes(path: string, position: number, length: number): Buffer {
  const bytes = Buffer.from(new ArrayBuffer(length));
  const file = openSync(path, 'r');
  try {
    let at = 0;
    while (at < length) {
      const got = readSync(file, bytes, at, Math.min(length - at, 1 << 28), position + at);
      if (got === 0)
        throw new ArtifactError(`${path} ends early.`, {
          code: 'col.invalid',
          remedy: 'Rebuild the artifact it belongs to.',
        });
      at += got;
    }
  } finally {
    closeSync(file);
  }
  return bytes;
}
