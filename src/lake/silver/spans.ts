import { type Cell } from '../../platform/index.ts';
import { type Span } from './quality.ts';

const longestGapMs = 2 * 86_400_000;

/**
 * Maximal runs of events without a gap of more than two days. Input: first and last event (epoch us)
 * of each hour that has any, in order. An instant of 0 means "no clock" and counts only when nothing
 * else is there.
 */
export function spansOf(hours: readonly Readonly<Record<string, Cell>>[]): Span[] {
  const spans: { start: number; end: number }[] = [];
  for (const hour of hours) {
    const start = Math.floor(Number(hour['first_us']) / 1000);
    const end = Math.floor(Number(hour['last_us']) / 1000);
    const last = spans.at(-1);
    if (last !== undefined && start - last.end <= longestGapMs) last.end = end;
    else spans.push({ start, end });
  }
  const clocked = spans.filter((span) => span.end > 0);
  return clocked.length > 0 ? clocked : spans;
}
