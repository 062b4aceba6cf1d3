import { Rng } from '../domain/index.ts';
import type { Ear } from './affinity.ts';
import type { WeekChart } from './charts.ts';
import { dayMs, startsAt } from './config.ts';
import { siblingOf } from './discovery.ts';
import { Memory } from './memory.ts';
import { drawIndex } from './sampling.ts';
import type { World } from './world.ts';

/** Share of what is met by its artist, and of the rest by the charts of the country. */
const byArtist = 0.4;
const byCharts = 0.5;

/**
 * What a listener knew before the period began, met by artist, in the charts and by popularity, and
 * kept by the truth: hundreds of recordings for those who listen much. The events never show how it
 * was found, as no service's data show a whole life.
 */
export function firstLibraryOf(world: World, chart: WeekChart, ear: Ear): Memory {
  const { listener } = ear;
  const memory = new Memory(world.catalogue.recordings.attraction);
  const rng = new Rng(world.config.seed, 0x11fe, listener.index);
  ear.at(startsAt(world.config));
  const { recordings } = world.catalogue;
  const size = Math.round((15 + 100 * Math.sqrt(listener.activity)) * (0.5 + rng.uniform()));
  const today = Math.floor(startsAt(world.config) / dayMs);
  const strengths = listener.tastes.map((taste) => taste.strength);
  for (let attempt = 0; attempt < size * 6 && memory.liked.length < size; attempt++) {
    const known = memory.liked.length > 0 && rng.uniform() < byArtist;
    const r = known
      ? siblingOf(world, memory.liked[rng.below(memory.liked.length)] ?? -1, rng)
      : rng.uniform() < byCharts
        ? chart.charting(listener.country, rng)
        : chart.popular(listener.tastes[drawIndex(rng, strengths)]?.subGenre ?? 0, rng);
    if (r < 0 || memory.heard.has(r) || (recordings.released[r] ?? 0) > today) continue;
    if (rng.uniform() < ear.likes(r)) memory.learn(r, false);
  }
  return memory;
}
