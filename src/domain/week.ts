import { ConfigError } from './errors.ts';

/** ISO week name such as `2026-W47`; weeks begin on Monday 00:00. */
export type Week = string & { readonly __week: true };

const dayMs = 86_400_000;

/** ISO 8601 week of an instant, in UTC. */
export function weekOf(timeMs: number): Week {
  const date = new Date(timeMs);
  const weekday = (date.getUTCDay() + 6) % 7;
  const thursday = Date.UTC(
    date.getUTCFullYear(),
    date.getUTCMonth(),
    date.getUTCDate() - weekday + 3,
  );
  const year = new Date(thursday).getUTCFullYear();
  const week = 1 + Math.floor((thursday - Date.UTC(year, 0, 1)) / dayMs / 7);
  return `${year}-W${String(week).padStart(2, '0')}` as Week;
}

/** First instant (Monday 00:00 UTC, milliseconds) of a week. */
export function weekStart(week: Week): number {
  const [year, number] = week.split('-W').map(Number) as [number, number];
  const fourth = new Date(Date.UTC(year, 0, 4));
  const firstMonday = Date.UTC(year, 0, 4 - ((fourth.getUTCDay() + 6) % 7));
  return firstMonday + (number - 1) * 7 * dayMs;
}

/** The week of the Monday on or after an instant: what a Sunday run at that time delivers. */
export function deliveryWeek(asOfMs: number): Week {
  const start = weekStart(weekOf(asOfMs));
  return start === asOfMs ? weekOf(asOfMs) : weekOf(start + 7 * dayMs);
}

/** Parses `2026-W47`; anything else is a ConfigError. */
export function parseWeek(text: string): Week {
  if (/^\d{4}-W(0[1-9]|[1-4]\d|5[0-3])$/.test(text) && weekOf(weekStart(text as Week)) === text)
    return text as Week;
  throw new ConfigError(`"${text}" is not an ISO week.`, {
    code: 'week.invalid',
    remedy: 'Write it as 2026-W47.',
  });
}
