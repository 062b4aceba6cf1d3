import { dayMs, weekMs } from './config.ts';

const seasonDays = 28;

/**
 * Probability that a pick by somebody who fully loves the season is holiday music: 0 until four
 * weeks before 25 December, then rising to 0.45 on the day, and 0 again from the 26th (UTC).
 */
export function holidayPull(atMs: number): number {
  const christmas = Date.UTC(new Date(atMs).getUTCFullYear(), 11, 25);
  const daysLeft = (christmas - atMs) / dayMs;
  if (daysLeft > seasonDays || daysLeft <= -1) return 0;
  return 0.05 + 0.4 * (1 - Math.max(0, daysLeft) / seasonDays) ** 1.5;
}

/** Mean of `holidayPull` over the week that begins at `atMs`. */
export function weeklyHolidayPull(atMs: number): number {
  let sum = 0;
  for (let hour = 0; hour < 168; hour++) sum += holidayPull(atMs + (hour + 0.5) * (weekMs / 168));
  return sum / 168;
}
