import { type Stats, createReadStream, createWriteStream, readdirSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Readable, Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { DataError } from '../../domain/index.ts';
import { type Source } from './source.ts';

/** A file below what the user gave. */
export interface Found {
  readonly path: string;
  /** Relative to the given folder; the bare name of a file given by itself. */
  readonly name: string;
  /** The given path itself. */
  readonly root: string;
  /** Given by itself, not found in a folder. */
  readonly alone: boolean;
}

const formats: Readonly<Record<string, Source['format']>> = {
  parquet: 'parquet',
  csv: 'csv',
  tsv: 'csv',
  txt: 'csv',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
};

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    throw new DataError(
      `${path.slice(0, 200)} cannot be read: ${(cause as Error).message.slice(0, 40)}`,
      {
        code: 'ingest.path',
        remedy: 'Give a file or a folder that can be read.',
        cause,
      },
    );
  }
}

/** All files of the given paths in name order; hidden ones and those with `_` are left out. */
export function findFiles(paths: readonly string[]): Found[] {
  return paths.flatMap((root): Found[] => {
    const stat = statOf(root);
    if (stat === undefined)
      throw new DataError(`${root} does not exist.`, {
        code: 'ingest.path',
        remedy: 'Give a file or a folder that can be read.',
      });
    if (!stat.isDirectory() && !stat.isFile())
      throw new DataError(`${root} is neither a file nor a folder.`, {
        code: 'ingest.path',
        remedy: 'Give a file or a folder that can be read.',
      });
    if (stat.isFile()) return [{ path: root, name: basename(root), root, alone: true }];
    return readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => ({ path, name: relative(root, path), root, alone: false }))
      .filter((file) => !file.name.split(/[\\/]/).some((part) => /^[._]/.test(part)))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  });
}

/** Name without extensions, the format they tell, and whether it is compressed. */
export function nameParts(name: string): {
  readonly stem: string;
  readonly format: Source['format'] | undefined;
  readonly compressed: boolean;
} {
  const [, stem = name, extension = '', compression] =
    /^(.+?)\.([a-z]+)(\.gz|\.zst)?$/i.exec(basename(name)) ?? [];
  const format = formats[extension.toLowerCase()];
  return { stem, format, compressed: compression !== undefined };
}

/** First line of a text file, decompressed, without its line end and byte-order mark. */
export async function firstLine(path: string): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const bytes of unpacked(path)) {
      const end = bytes.indexOf(0x0a);
      parts.push(end < 0 ? bytes : bytes.subarray(0, end));
      length += bytes.length;
      if (end >= 0 || length > longestHeader) break;
    }
  } catch (cause) {
    throw new DataError(`${path} cannot be read: ${(cause as Error).message}.`, {
      code: 'ingest.unreadable',
      remedy: 'Check that the file is whole and that you may read it.',
      cause,
    });
  }
  const line = Buffer.concat(parts);
  if (line.length > longestHeader)
    throw new DataError(`${path} has a first line longer than ${longestHeader} bytes.`, {
      code: 'ingest.unreadable',
      remedy: 'A table begins with a line of column names.',
    });
  return line
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .replace(/\r$/, '');
}

/** Bytes that a compressed file may unpack to: 256 times its own, and 64 MB in any case. */
function unpackedLimit(packed: number): number {
  return Math.max(256 * packed, 64 * 1024 * 1024);
}

/**
 * Writes the decompressed bytes of a file. One that unpacks to more than `unpackedLimit` is a
 * DataError; what was written of it stays for the caller to remove.
 */
export async function decompressTo(path: string, target: string): Promise<void> {
  const limit = unpackedLimit(statSync(path).size);
  await pipeline(unpacked(path), atMost(limit, path), createWriteStream(target));
}

/** Passes bytes on until there are more than `limit`. */
function atMost(limit: number, path: string): Transform {
  let passed = 0;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      passed += chunk.length;
      if (passed <= limit) return done(null, chunk);
      return done(
        new DataError(`${path} unpacks to more than ${limit} bytes.`, {
          code: 'ingest.unpacked',
          remedy: 'If it is what it should be, unpack it first and give the unpacked file.',
        }),
      );
    },
  });
}

/** The bytes of a file, unpacked where its name says that it is packed. */
async function* unpacked(path: string): AsyncGenerator<Buffer> {
  if (/\.zst$/i.test(path)) yield* frames(path);
  else if (/\.gz$/i.test(path)) yield* piped(createReadStream(path), createGunzip());
  else yield* createReadStream(path) as AsyncIterable<Buffer>;
}

/** Zstandard frames one after another: Node's decompressor ends with the first and says nothing. */
async function* frames(path: string): AsyncGenerator<Buffer> {
  const { size } = statSync(path);
  let [start, count] = [0, 0];
  do {
    if (++count > mostFrames)
      throw new DataError(`${path} has more than ${mostFrames} frames.`, {
        code: 'ingest.unpacked',
        remedy: 'Unpack it first and give the unpacked file.',
      });
    const inflate = createZstdDecompress();
    yield* piped(createReadStream(path, { start }), inflate);
    if (inflate.bytesWritten === 0) break;
    start += inflate.bytesWritten;
  } while (start < size);
}

async function* piped(source: Readable, inflate: Transform): AsyncGenerator<Buffer> {
  source.on('error', (error) => inflate.destroy(error));
  try {
    yield* source.pipe(inflate) as AsyncIterable<Buffer>;
  } finally {
    source.destroy();
    inflate.destroy();
  }
}

/** Frames of a .zst file. */
const mostFrames = 10_000;
/** Bytes of the line that names the columns. */
const longestHeader = 1 << 20;

/** The delimiter that occurs most often in a header, and the names it divides. */
export function readHeader(line: string): { delimiter: string; names: string[] } {
  const delimiter = [',', '\t', ';', '|'].reduce((best, mark) =>
    line.split(mark).length > line.split(best).length ? mark : best,
  );
  const names = line.split(delimiter).map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
  return { delimiter, names };
}
