import type { Rng } from '../domain/index.ts';
import { dayMs, startsAt, weekMs } from './config.ts';
import { genres, holiday, subGenreCount } from './genres.ts';
import { countries, countryTaste } from './places.ts';
import { buildAlias } from './sampling.ts';
import type { World } from './world.ts';

const chartLength = 200;
/** What is left of last week's popularity, and how much a week of plays adds to it. */
const memory = 0.85;
const gain = 0.25;

/**
 * What is popular, week by week: popularity within each sub-genre, the top of each country, and
 * the week's new releases. `advance` lets the plays of a week raise what was played (the rich get
 * richer). Holiday music is left out: it has its season.
 */
export class Charts {
  readonly weeks: WeekChart[] = [];
  private readonly world: World;
  private readonly weight: Float64Array;
  private readonly local: Float64Array;

  constructor(world: World) {
    this.world = world;
    const { recordings } = world.catalogue;
    this.weight = recordings.attraction.slice();
    this.local = new Float64Array(countries.length * recordings.count);
    const taste = countryTaste(world.config.seed);
    for (let c = 0; c < countries.length; c++) {
      const language = countries[c]?.language ?? 0;
      for (let r = 0; r < recordings.count; r++) {
        const sung = recordings.language[r] ?? 0;
        const understood = sung === 0 || sung === language ? 1 : sung === 1 ? 0.6 : 0.1;
        const liked = taste[c * genres.length + (recordings.genre[r] ?? 0)] ?? 1;
        this.local[c * recordings.count + r] = (this.weight[r] ?? 0) * understood * liked;
      }
    }
    this.close();
  }

  /** The chart that listeners see in a week. */
  week(week: number): WeekChart {
    const chart = this.weeks[week];
    if (!chart) throw new RangeError(`no chart of week ${week}`);
    return chart;
  }

  /** Ends the newest week: `plays` counts country x recording, and the next week's chart begins. */
  advance(plays: Float64Array): void {
    const { count } = this.world.catalogue.recordings;
    const all = new Float64Array(count);
    for (let i = 0; i < plays.length; i++) all[i % count] = (all[i % count] ?? 0) + (plays[i] ?? 0);
    blend(this.weight, all, 0, count);
    for (let c = 0; c < countries.length; c++) {
      blend(this.local, plays, c * count, (c + 1) * count);
    }
    this.close();
  }

  private close(): void {
    this.weeks.push(new WeekChart(this.world, this.weeks.length, this.weight, this.local));
  }
}

function blend(weight: Float64Array, plays: Float64Array, from: number, to: number): void {
  let weightSum = 0;
  let playSum = 0;
  for (let i = from; i < to; i++) {
    weightSum += weight[i] ?? 0;
    playSum += plays[i] ?? 0;
  }
  const scale = playSum > 0 ? (gain * weightSum) / playSum : 0;
  for (let i = from; i < to; i++) weight[i] = memory * (weight[i] ?? 0) + scale * (plays[i] ?? 0);
}

/** The charts as they stand in one week. */
export class WeekChart {
  private readonly chance: Float32Array;
  private readonly alias: Uint32Array;
  private readonly open: Uint8Array;
  private readonly tops: Uint32Array[];
  private readonly fresh: number[][];
  private readonly world: World;

  constructor(world: World, week: number, weight: Float64Array, local: Float64Array) {
    this.world = world;
    const { recordings, bySubGenre } = world.catalogue;
    const { count } = recordings;
    const today = Math.floor((startsAt(world.config) + week * weekMs) / dayMs);
    const ordered = Float64Array.from(bySubGenre.order, (r) =>
      (recordings.released[r] ?? 0) <= today ? (weight[r] ?? 0) : 0,
    );
    this.chance = new Float32Array(count);
    this.alias = new Uint32Array(count);
    this.open = new Uint8Array(subGenreCount);
    this.fresh = Array.from({ length: subGenreCount }, () => []);
    for (let s = 0; s < subGenreCount; s++) {
      const from = bySubGenre.from[s] ?? 0;
      const to = bySubGenre.from[s + 1] ?? 0;
      this.open[s] = buildAlias(ordered, from, to, this.chance, this.alias) ? 1 : 0;
    }
    for (let r = 0; r < count; r++) {
      const age = today - (recordings.released[r] ?? 0);
      if (age > -7 && age < 14) this.fresh[recordings.subGenre[r] ?? 0]?.push(r);
    }
    this.tops = countries.map((_, c) => top(world, local, c * count, today));
  }

  /** A recording drawn by popularity within a sub-genre, or -1. */
  popular(subGenre: number, rng: Rng): number {
    if (this.open[subGenre] !== 1) return -1;
    const { from, order } = this.world.catalogue.bySubGenre;
    const first = from[subGenre] ?? 0;
    const at = first + rng.below((from[subGenre + 1] ?? 0) - first);
    return order[rng.uniform() < (this.chance[at] ?? 1) ? at : first + (this.alias[at] ?? 0)] ?? -1;
  }

  /** A recording from the top of a country; the first place is likeliest. */
  charting(country: number, rng: Rng): number {
    const list = this.tops[country];
    if (!list || list.length === 0) return -1;
    return list[Math.floor(list.length * rng.uniform() ** 2.5)] ?? -1;
  }

  /** The liked-best of three new releases of a sub-genre (out or due this week), or -1. */
  newRelease(subGenre: number, rng: Rng): number {
    const list = this.fresh[subGenre];
    if (!list || list.length === 0) return -1;
    const { attraction } = this.world.catalogue.recordings;
    let best = -1;
    for (let i = 0; i < 3; i++) {
      const r = list[rng.below(list.length)] ?? -1;
      if (best < 0 || (attraction[r] ?? 0) > (attraction[best] ?? 0)) best = r;
    }
    return best;
  }
}

/** The `chartLength` heaviest recordings that are out, heaviest first, ties by index. */
function top(world: World, local: Float64Array, offset: number, today: number): Uint32Array {
  const { recordings } = world.catalogue;
  const size = Math.min(chartLength, Math.ceil(recordings.count / 10));
  const value = (r: number) =>
    recordings.genre[r] === holiday || (recordings.released[r] ?? 0) > today
      ? -1
      : (local[offset + r] ?? 0);
  let kept: number[] = [];
  let bar = 0;
  for (let r = 0; r < recordings.count; r++) {
    if (value(r) <= bar) continue;
    kept.push(r);
    if (kept.length < size * 4) continue;
    kept = kept.toSorted((a, b) => value(b) - value(a) || a - b).slice(0, size);
    bar = value(kept.at(-1) ?? r);
  }
  return Uint32Array.from(kept.toSorted((a, b) => value(b) - value(a) || a - b).slice(0, size));
}
