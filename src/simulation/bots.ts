import { Rng } from '../domain/index.ts';
import type { Charts } from './charts.ts';
import { dayMs, startsAt, weekMs, type FullConfig } from './config.ts';
import type { Diary } from './diary.ts';
import { kind } from './event-block.ts';
import type { World } from './world.ts';

/** Bots that play for the same artist. */
const farmSize = 10;
/** Plays of a bot: one every six minutes, day and night, while the campaign lasts. */
const botPlays = 1500;
const everyMs = 360_000;
const boughtMost = 12;

/** The recordings that the farm of bot `index` was paid to play: those of one small artist. */
export function boughtBy(world: World, index: number): number[] {
  const { artists } = world.catalogue;
  const rng = new Rng(world.config.seed, 0xfa23, Math.floor((index - world.botsFrom) / farmSize));
  let artist = rng.below(artists.count);
  for (let i = 0; i < 12; i++) {
    const other = rng.below(artists.count);
    const debuted = (artists.debut[other] ?? 0) * dayMs < startsAt(world.config);
    if (debuted && (artists.popularity[other] ?? 0) < (artists.popularity[artist] ?? 0))
      artist = other;
  }
  const from = artists.recordingFrom[artist] ?? 0;
  const to = Math.min(from + boughtMost, artists.recordingFrom[artist + 1] ?? from);
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/** How many plays the bots of a world make between them. */
export const allBotPlays = (config: FullConfig): number => config.bots * botPlays;

/** Writes the plays of one bot: 31 seconds of a bought track, one in seven from the charts. */
export function liveBot(
  world: World,
  charts: Charts,
  index: number,
  country: number,
  diary: Diary,
): void {
  const { config, catalogue } = world;
  const bought = boughtBy(world, index);
  const farm = new Rng(config.seed, 0xfa24, Math.floor((index - world.botsFrom) / farmSize));
  const rng = new Rng(config.seed, 0xfa25, index);
  const spareMs = Math.max(0, config.weeks * weekMs - botPlays * everyMs - dayMs);
  let ms = startsAt(config) + Math.floor(farm.uniform() * spareMs) + rng.below(everyMs);
  for (
    let i = 0;
    i < botPlays && ms < config.endsAt;
    i++, ms += everyMs - 30_000 + rng.below(60_000)
  ) {
    const week = Math.floor((ms - startsAt(config)) / weekMs);
    const charting = rng.uniform() < 1 / 7 ? charts.week(week).charting(country, rng) : -1;
    const r = charting >= 0 ? charting : (bought[rng.below(bought.length)] ?? 0);
    if ((catalogue.recordings.released[r] ?? 0) * dayMs > ms) continue;
    const setting = {
      listener: index,
      country,
      session: Math.floor(i / 240),
      context: 0,
      device: 2,
    };
    const track = catalogue.releases.from[r] ?? 0;
    const longest = catalogue.releases.durationMs[track] ?? 0;
    diary.events.add(setting, track, ms, kind.play, Math.min(longest, 30_800 + rng.below(700)));
  }
}
