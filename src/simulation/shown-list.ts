import type { Rng } from '../domain/index.ts';
import type { WeekChart } from './charts.ts';
import { holiday } from './genres.ts';
import { isAvailable, siblingOf } from './discovery.ts';
import type { Memory } from './memory.ts';
import type { World } from './world.ts';

/** Slots of the list that the service shows each week. */
const shownSlots = 20;

/**
 * The list of a mediocre recommender: charts of the country, what is popular in the sub-genres of
 * tracks that the listener liked, and more of liked artists; nothing heard, nothing twice. The
 * order is by chance, so that slots differ in nothing but their place.
 */
export function shownList(
  world: World,
  chart: WeekChart,
  memory: Memory,
  country: number,
  day: number,
  rng: Rng,
): number[] {
  const { recordings } = world.catalogue;
  const list: number[] = [];
  for (let attempt = 0; attempt < shownSlots * 8 && list.length < shownSlots; attempt++) {
    const seed = memory.liked[rng.below(memory.liked.length)] ?? -1;
    const draw = rng.uniform();
    const r =
      draw < 0.4 || seed < 0
        ? chart.charting(country, rng)
        : draw < 0.85
          ? chart.popular(recordings.subGenre[seed] ?? 0, rng)
          : siblingOf(world, seed, rng);
    if (r < 0 || memory.heard.has(r) || list.includes(r) || recordings.genre[r] === holiday)
      continue;
    if (isAvailable(world, r, country, day)) list.push(r);
  }
  for (let i = list.length - 1; i > 0; i--) {
    const j = rng.below(i + 1);
    const moved = list[i] ?? 0;
    list[i] = list[j] ?? 0;
    list[j] = moved;
  }
  return list;
}
