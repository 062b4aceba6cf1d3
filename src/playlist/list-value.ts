import { ArtifactError } from '../domain/index.ts';
import { sourceNames } from '../retrieval/index.ts';

/** Name of a candidate source, `exploration`, `fallback`, or `reserve` (docs/formats.md). */
type SourceName = string;

export interface ListSlot {
  /** Index in the catalogue of the list's generation. */
  readonly track: number;
  readonly score: number;
  readonly source: SourceName;
  /** Probability with which this track was put here, given the places before; (0, 1]. */
  readonly propensity: number;
  /** Rows of the listener's history behind the track, most important first; at most three. */
  readonly because: readonly number[];
}

interface ReserveTrack {
  readonly track: number;
  readonly score: number;
}

export interface DecodedList {
  readonly version: number;
  readonly fallback: boolean;
  /** Last week's list, shown again. */
  readonly carriedOver: boolean;
  /** ISO week, `2026-W47`; empty for a list that belongs to no generation. */
  readonly week: string;
  readonly tracks: readonly ListSlot[];
  readonly reserve: readonly ReserveTrack[];
}

const header = 8;
const trackBytes = 11;
const reserveBytes = 6;
const maxTracks = 30;
const maxReserve = 60;
/** Bytes of a list value, version 1. */
export const listValueBytes = header + maxTracks * trackBytes + maxReserve * reserveBytes;

/**
 * Decodes a list value, version 1. Total: every array of bytes gives a list or an ArtifactError.
 * Refused are other sizes and versions, unknown flags and sources, counts beyond 30 and 60, weeks
 * that no calendar has, scores that are no numbers, and bytes that are not zero after the last entry.
 */
export function decodeList(bytes: Uint8Array): DecodedList {
  if (bytes.length !== listValueBytes)
    throw broken(`has ${bytes.length} bytes instead of ${listValueBytes}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [version, flags, tracks, reserve] = [0, 1, 2, 3].map((i) => view.getUint8(i)) as [
    number,
    number,
    number,
    number,
  ];
  if (version !== 1) throw broken(`has version ${version}, which this program does not know`);
  if (flags > 3 || tracks > maxTracks || reserve > maxReserve)
    throw broken('has a header outside the format');
  const reserveStart = header + maxTracks * trackBytes;
  requireZeros(bytes, header + tracks * trackBytes, reserveStart);
  requireZeros(bytes, reserveStart + reserve * reserveBytes, listValueBytes);
  return {
    version,
    fallback: (flags & 1) !== 0,
    carriedOver: (flags & 2) !== 0,
    week: weekName(view.getUint32(4, true)),
    tracks: Array.from({ length: tracks }, (_, i) => slotAt(view, header + i * trackBytes)),
    reserve: Array.from({ length: reserve }, (_, i) => {
      const at = reserveStart + i * reserveBytes;
      return { track: view.getUint32(at, true), score: scoreAt(view, at + 4) };
    }),
  };
}

function slotAt(view: DataView, at: number): ListSlot {
  const number = view.getUint8(at + 6);
  const source = sourceNames.get(number);
  if (source === undefined) throw broken(`names a source ${number}, which there is not`);
  const propensity = view.getUint8(at + 7);
  return {
    track: view.getUint32(at, true),
    score: scoreAt(view, at + 4),
    source,
    propensity: propensity === 0 ? 1 : propensity / 256,
    because: [8, 9, 10].map((i) => view.getUint8(at + i)).filter((position) => position !== 255),
  };
}

/** IEEE 754 half, little endian; infinities and NaN are refused. */
function scoreAt(view: DataView, at: number): number {
  const half = view.getUint16(at, true);
  const exponent = (half >> 10) & 31;
  if (exponent === 31) throw broken('has a score that is no number');
  const fraction = half & 1023;
  const size = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
  return half & 0x8000 ? -size : size;
}

function weekName(yyyyww: number): string {
  const [year, week] = [Math.floor(yyyyww / 100), yyyyww % 100];
  if (year < 1970 || year > 9999 || week < 1 || week > 53) throw broken('has no week');
  return `${year}-W${String(week).padStart(2, '0')}`;
}

function requireZeros(bytes: Uint8Array, from: number, to: number): void {
  if (bytes.subarray(from, to).some((byte) => byte !== 0))
    throw broken('has bytes behind its last entry');
}

function broken(what: string): ArtifactError {
  return new ArtifactError(`A list value ${what}.`, {
    code: 'list.invalid',
    remedy: 'Publish the week again.',
  });
}
