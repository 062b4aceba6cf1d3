import { type Ended } from '../../support/command-line.ts';
import { type Prepared } from '../shared/prepared.ts';

const dayMs = 86_400_000;
const yearMs = 365.25 * dayMs;

/** How wrong a clock may be, in ms: not at all, a day, thirty years, either way. */
export const shifts = [0, dayMs, -dayMs, 30 * yearMs, -30 * yearMs] as const;

/** Environment under which a command's clock is wrong by so much. */
export function clockOf(shiftMs: number): Readonly<Record<string, string>> {
  return {
    NODE_OPTIONS: `--import=${new URL('shift.ts', import.meta.url).href}`,
    SUITE_CLOCK: String(shiftMs),
  };
}

/** Runs a command to its end with a clock that is wrong by so much. */
export function clocked(
  prepared: Prepared,
  dataDir: string,
  args: readonly string[],
  shiftMs: number,
): Promise<Ended> {
  return prepared.start(dataDir, args, clockOf(shiftMs)).ended;
}
