import { type Rng } from '../../src/domain/index.ts';

/** Numbers at which lengths, counts and offsets go wrong. */
const edges = [0n, 1n, 63n, 255n, 65_536n, 0x7fff_ffffn, 0xffff_ffffn, 1n << 53n, (1n << 64n) - 1n];
/** Pieces of text that parsers stumble over. */
const pieces = [
  ['"', '""', ',', '\t', '\n', '\r', '\r\n', '\0', '\uFEFF', '[', '{', '}', ']', ':', '\\', "'"],
  ['null', 'NaN', '1e999', '-1', '9007199254740993', '99999999999999999999', '0x10', 'true'],
  ['../../etc/passwd', '/etc/passwd', '..', '__proto__', 'constructor', '\\ud800', '\\u0000'],
  ['2026-13-45', '0000-00-00', '9999-12-31T23:59:59Z', '1e308', 'é', '𝄞', 'a'.repeat(300)],
].flat();
/** Bytes that no text in UTF-8 holds. */
const broken = [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80]];

export function pick<T>(rng: Rng, from: readonly T[]): T {
  return from[Math.floor(rng.uniform() * from.length)] as T;
}

function below(rng: Rng, n: number): number {
  return Math.floor(rng.uniform() * n);
}

/** One to four changes of a file's bytes, from which nothing is promised to remain valid. */
export function mutated(bytes: Uint8Array, rng: Rng): Buffer {
  let out: Buffer = Buffer.from(bytes);
  for (let n = 1 + below(rng, 4); n > 0; n--) out = changed(out, rng);
  return out;
}

function changed(bytes: Buffer, rng: Rng): Buffer {
  const at = below(rng, bytes.length + 1);
  const end = Math.min(bytes.length, at + 1 + below(rng, 64));
  const spliced = (part: Uint8Array, until = at): Buffer =>
    Buffer.concat([bytes.subarray(0, at), part, bytes.subarray(until)]);
  const edge = Buffer.alloc(8);
  edge.writeBigUInt64LE(pick(rng, edges));
  switch (below(rng, 10)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return spliced(Buffer.alloc(0), end);
    case 2:
      return spliced(bytes.subarray(at, end));
    case 3:
      return spliced(edge, Math.min(bytes.length, at + 8));
    case 4:
      return spliced(edge.subarray(0, 4), Math.min(bytes.length, at + 4));
    case 5:
      return spliced(Buffer.from(pick(rng, broken)));
    case 6:
    case 7:
      return spliced(Buffer.from(pick(rng, pieces)), rng.uniform() < 0.5 ? end : at);
    case 8:
      return digitsChanged(bytes, at, rng);
    default:
      if (at < bytes.length) bytes[at] = (bytes[at] as number) ^ (1 << below(rng, 8));
      return bytes;
  }
}

/** The next run of digits becomes another number. */
function digitsChanged(bytes: Buffer, at: number, rng: Rng): Buffer {
  const isDigit = (byte: number | undefined): boolean =>
    byte !== undefined && byte >= 0x30 && byte <= 0x39;
  let from = at;
  while (from < bytes.length && !isDigit(bytes[from])) from++;
  let to = from;
  while (isDigit(bytes[to])) to++;
  const number = pick(rng, [...edges.map(String), '-1', '1e300', '0.5', 'null', '"x"']);
  return Buffer.concat([bytes.subarray(0, from), Buffer.from(number), bytes.subarray(to)]);
}
