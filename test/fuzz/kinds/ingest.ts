import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, createZstdCompress, gzipSync, zstdCompressSync } from 'node:zlib';
import { type IngestFormat, ingest, ingestFormats } from '../../../src/lake/index.ts';
import { type Input, type Kind, type Reader } from '../kind.ts';

const now = Date.UTC(2026, 10, 25);
const text = (name: string, body: string | Uint8Array) => (): Input => ({
  name,
  bytes: typeof body === 'string' ? Buffer.from(body) : body,
});

/** An ingest into a lake of its own. Whatever it says, a refused one leaves nothing behind. */
function ingestReader(format: IngestFormat) {
  return (folder: string): Promise<Reader> =>
    Promise.resolve({
      take: async ({ name, bytes }) => {
        const [dataDir, given] = [join(folder, 'data'), join(folder, 'given')];
        for (const dir of [dataDir, given]) rmSync(dir, { recursive: true, force: true });
        mkdirSync(given);
        writeFileSync(join(given, name), bytes);
        const limits = { threads: 1, memoryMb: 256 };
        const paths = [join(given, name)];
        try {
          await ingest({ dataDir, paths, format, now, buckets: 2, limits });
        } catch (error) {
          const left = leftBehind(dataDir);
          if (left.length > 0) throw new Error(`left ${left.join(', ')}`, { cause: error });
          throw error;
        }
      },
    });
}

function leftBehind(dataDir: string): string[] {
  const bronze = join(dataDir, 'lake', 'bronze');
  return existsSync(bronze) ? readdirSync(bronze) : [];
}

const header = 'user_id,track_id,ts\n';
const row = 'u1,t1,2026-01-01T00:00:00Z\n';
const mb = 1024 * 1024;

const csv: Kind = {
  name: 'csv',
  special: [
    text('events.csv', ''),
    text('events.csv', header),
    text('events.csv', `\uFEFF${header}${row}`),
    text('events.tsv', Buffer.from(`\uFEFF${header}${row}`, 'utf16le')),
    text('events.csv', `${header}u1,"t1,2026-01-01\n${row.repeat(1000)}`),
    text('events.csv', `${header}u\0,t1,2026-01-01\r\nu1,t2,2026-01-02\ru1,t3,2026-01-03\n`),
    text('events.csv', `user_id,track_id,ts,a\0b\n${row}`),
    text('events.csv', `user_id,track_id,ts,ts,TS\n${row}`),
    text('events.csv', `user_id,track_id,ts,\n${row}`),
    () => text('events.csv', Buffer.alloc(100 * mb, 'x'))(),
    () => text('events.csv', `${header}${'x'.repeat(100 * mb)}`)(),
    () => text('events.csv', `${header}u1,"${'x\n'.repeat(20 * mb)}`)(),
    () => text('events.csv', `${header.trim()},${many(100_000)}\n${row}`)(),
    () => text('events.csv', `${header.trim()},${many(900)}\n${row}`)(),
    () => text('events.csv', `${header}${'u1,t1,2026-01-01'.padEnd(mb, ',')}\n`)(),
  ],
  open: ingestReader('generic'),
};

const many = (columns: number): string =>
  Array.from({ length: columns }, (_, i) => `c${i}`).join(',');

const event = '{"user_id":"u1","track_id":"t1","ts":"2026-01-01T00:00:00Z"';
const jsonl: Kind = {
  name: 'jsonl',
  special: [
    text('events.jsonl', ''),
    text('events.jsonl', '\n\n[]\nnull\n7\n"x"\n{}\n'),
    text('events.jsonl', `${event},"user_id":"u2","slot":1e999,"ms_played":-0}\n`),
    text('events.jsonl', `${event},"title":"\\ud800","device":"\\u0000"}\n`),
    text('events.jsonl', `${event},"__proto__":{"x":1},"constructor":null}\n`),
    text('events.jsonl', `${event},"context":{"a":[1,{"b":2}]},"kind":["play"]}\n`),
    text('events.jsonl', Buffer.from(`${event}}\n`, 'utf16le')),
    () => text('events.jsonl', `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}\n`)(),
    () => text('events.jsonl', `${event},"x":${'['.repeat(400_000)}${']'.repeat(400_000)}}\n`)(),
    () =>
      text('events.jsonl', `${event},"x":${'{"a":'.repeat(150_000)}1${'}'.repeat(150_000)}}\n`)(),
    () => text('events.jsonl', `${event},"x":"${'x'.repeat(100 * mb)}"}\n`)(),
    () => text('events.jsonl', `${event},"country":"${'x'.repeat(mb - 200)}"}\n`)(),
  ],
  open: ingestReader('generic'),
};

const gz = (body: string): Buffer => gzipSync(body);
const zst = (body: string): Buffer => zstdCompressSync(body);

/** A file of `megabytes` MB of nothing, compressed as far as it goes. */
async function bomb(megabytes: number): Promise<Buffer> {
  const packer = createZstdCompress({ params: { [constants.ZSTD_c_windowLog]: 20 } });
  const parts: Buffer[] = [];
  packer.on('data', (part: Buffer) => parts.push(part));
  const zeros = Buffer.alloc(mb);
  for (let i = 0; i < megabytes; i++)
    if (!packer.write(zeros)) await new Promise((resolve) => packer.once('drain', resolve));
  packer.end();
  await new Promise((resolve) => packer.once('end', resolve));
  return Buffer.concat(parts);
}
const megabytes = 256;
/** Frames behind one another unpack one after another. */
async function bombs(frames: number): Promise<Input> {
  const frame = await bomb(megabytes);
  const all = [zst(header), ...Array.from({ length: frames }, () => frame)];
  return { name: 'events.csv.zst', bytes: Buffer.concat(all) };
}

const packed: Kind = {
  name: 'packed',
  special: [
    text('events.csv.gz', ''),
    text('events.csv.zst', ''),
    text('events.csv.gz', header + row),
    text('events.csv.zst', header + row),
    text('events.csv.gz', gz(header + row)),
    text('events.csv.zst', zst(header + row)),
    text('events.csv.gz', gz(header + row).subarray(0, 30)),
    text('events.csv.zst', zst(header + row.repeat(1000)).subarray(0, 30)),
    text('events.csv.gz', Buffer.concat([gz(header), gz(row)])),
    text('events.csv.zst', Buffer.concat([zst(header), zst(row)])),
    text('events.csv.gz', Buffer.concat([gz(header + row), Buffer.from('garbage')])),
    text('events.csv.zst', Buffer.concat([zst(header + row), Buffer.from('garbage')])),
    text('events.parquet.gz', gz('PAR1')),
    text('events.jsonl.zst', zst(`${event}}\n`)),
    () => bombs(1),
    // 200 GB
    () => bombs(800),
    () => text('events.csv.zst', Buffer.concat(Array.from({ length: 20_000 }, () => zst(''))))(),
    () => text('events.csv.gz', Buffer.concat([gz(header), gzipSync(Buffer.alloc(256 * mb))]))(),
    () =>
      text(
        'events.jsonl.gz',
        Buffer.concat([gz(`${event}}\n`), gzipSync(Buffer.alloc(256 * mb))]),
      )(),
  ],
  open: ingestReader('generic'),
};

const parquet: Kind = {
  name: 'parquet',
  special: [
    text('events.parquet', ''),
    text('events.parquet', 'PAR1'),
    text('events.parquet', 'PAR1PAR1'),
    text('events.parquet', `PAR1${'\xff'.repeat(64)}\xff\xff\xff\x7fPAR1`),
    text(
      'events.parquet',
      Buffer.concat([
        Buffer.from('PAR1'),
        Buffer.alloc(65_536),
        Buffer.from([0, 0, 1, 0]),
        Buffer.from('PAR1'),
      ]),
    ),
  ],
  open: ingestReader('generic'),
};

const sessionRec: Kind = {
  name: 'session-rec',
  special: [
    text('events.tsv', 'UserId\tSessionId\tItemId\tTime\n1\t1\t1\t1700000000\n'),
    text('events.tsv', 'UserId\tSessionId\tItemId\tTime\tUserId\n1\t1\t1\t1e999\t2\n'),
    text('events.txt', 'UserId\tSessionId\tItemId\tTime\n"1\t"\t1\t-99999999999999999999\n'),
  ],
  open: ingestReader('session-rec'),
};

const interactions: Kind = {
  name: 'interactions',
  special: [
    text('plays.csv', 'user_id,track_id,count\n1,2,9223372036854775807\n1,2,9223372036854775807\n'),
    text('plays.csv', 'user_id,track_id,count\n1,2,-1\n1,2,1e308\n1,2,NaN\n'),
    text('tracks.csv', 'track_id,artist,track\n1,a,"b\n'),
  ],
  open: ingestReader('interactions'),
};

if (ingestFormats.length !== 3) throw new Error('A format of ingest is not fuzzed.');

export const ingestKinds: readonly Kind[] = [parquet, csv, jsonl, packed, sessionRec, interactions];
