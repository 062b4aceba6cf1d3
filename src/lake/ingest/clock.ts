import { DataError } from '../../domain/index.ts';
import { type BronzeManifest, listBronze } from '../bronze.ts';

/** Why a row later than the horizon lies in quarantine. */
export const futureReason = 'ts is from the future';

/**
 * When an ingest counts as arrived, epoch ms: now, but later than every ingest before it, so that a
 * clock that goes back changes neither the order of ingests nor which events lie in the future.
 */
export function arrivalTime(dataDir: string, now: number): number {
  const newest = listBronze(dataDir).at(-1)?.manifest.ingestedAt;
  return newest === undefined ? now : Math.max(now, newest + 1);
}

/** Refuses an ingest of which every event lies in the future: the clock is wrong, not the file. */
export function requireClock(
  written: Pick<BronzeManifest, 'rows' | 'quarantined'>,
  paths: readonly string[],
  now: number,
): void {
  const late = written.quarantined.some(
    ({ table, reason }) => table === 'events' && reason === futureReason,
  );
  if (!late || written.rows.events > 0) return;
  throw new DataError(
    `Every event of ${paths.join(', ')} is later than the clock, which says ${new Date(now).toISOString()}.`,
    { code: 'ingest.clock', remedy: 'Set the clock (or the times of the file) and ingest again.' },
  );
}
