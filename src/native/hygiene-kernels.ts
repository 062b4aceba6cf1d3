import { guardedAsync } from './errors.ts';
import { kernel } from './kernel.ts';

/** How sessions are compared; `HygieneParams` of the crate says what each does. */
export interface FitParams {
  /** A multiple of 32. */
  readonly dimensions: number;
  readonly farSeconds: number;
  readonly nearSeconds: number;
  readonly leastReferences: number;
  readonly mostReferences: number;
  readonly neighbours: number;
}

interface HygieneKernel {
  fitSessions(
    params: string,
    artists: number,
    buckets: readonly string[],
    out: readonly string[],
  ): Promise<number>;
}

/** Columns of the lines that `fitSessions` writes. */
export const fitColumns = [
  'session_no',
  'references_count',
  'covered',
  'similarity',
  'typical',
  'spread',
  'known_tracks',
  'known_artists',
  'known_genres',
] as const;

/** What a number of a line is where nothing can be said. */
export const unknownFit = -2000;

/**
 * Compares every session with its listener's sessions of other times and writes a CSV per bucket, a
 * line per session in the order of the file: counts, then shares and cosines in thousandths. `artists`:
 * one more than the largest artist number. Resolves to the number of sessions.
 */
export function fitSessions(
  params: FitParams,
  artists: number,
  buckets: readonly string[],
  out: readonly string[],
): Promise<number> {
  const native = kernel() as unknown as HygieneKernel;
  return guardedAsync(async () =>
    native.fitSessions(JSON.stringify(params), artists, buckets, out),
  );
}
