import type { Rng } from '../domain/index.ts';
import type { Ear } from './affinity.ts';
import { everywhere } from './recordings.ts';
import type { WeekChart } from './charts.ts';
import { genreOfSubGenre, holiday, subGenreCount, subGenreFrom } from './genres.ts';
import type { Memory } from './memory.ts';
import type { World } from './world.ts';

const tries = 6;
/** Of how many recordings of an artist the most attractive is met. */
const siblingTries = 5;

/** True if a recording is out and may be played in a country on a day. */
export function isAvailable(world: World, r: number, country: number, day: number): boolean {
  const { recordings } = world.catalogue;
  if ((recordings.released[r] ?? 0) > day || (recordings.until[r] ?? 0) < day) return false;
  const markets = recordings.markets[r] ?? everywhere;
  return markets === everywhere || ((markets >> country) & 1) === 1;
}

/**
 * Where people meet music they have not heard: an artist they like, what is popular in the
 * sub-genre they are in the mood for, the charts of their country, new releases, a neighbouring
 * sub-genre (the adventurous), or the depths of the sub-genre, drawn evenly. Returns an unheard
 * recording, or -1.
 */
export function discover(
  world: World,
  chart: WeekChart,
  ear: Ear,
  memory: Memory,
  subGenre: number,
  rng: Rng,
  day: number,
): number {
  for (let attempt = 0; attempt < tries; attempt++) {
    const r = meet(world, chart, ear, memory, subGenre, rng);
    if (r < 0 || memory.heard.has(r) || !isAvailable(world, r, ear.listener.country, day)) continue;
    return r;
  }
  return -1;
}

function meet(
  world: World,
  chart: WeekChart,
  ear: Ear,
  memory: Memory,
  subGenre: number,
  rng: Rng,
): number {
  const { adventurousness, country } = ear.listener;
  const draw = rng.uniform();
  if (draw < 0.31) return siblingOf(world, memory.recall(rng), rng);
  if (draw < 0.5) return sensed(ear, () => chart.charting(country, rng));
  if (draw < 0.58) return sensed(ear, () => chart.newRelease(subGenre, rng));
  if (draw < 0.62) return sensed(ear, () => deep(world, subGenre, rng));
  const mood = draw < 0.62 + 0.14 * adventurousness ? neighbour(world, subGenre, rng) : subGenre;
  return sensed(ear, () => chart.popular(mood, rng));
}

/** What is played after a recording: the next of its album, or another of its artist; or -1. */
export function following(world: World, recording: number, rng: Rng): number {
  const { album, count } = world.catalogue.recordings;
  const next = recording + 1;
  if (rng.uniform() < 0.6 && next < count && album[next] === album[recording]) return next;
  return siblingOf(world, recording, rng);
}

/** Another recording of the artist, the attractive sooner; or -1. */
export function siblingOf(world: World, recording: number, rng: Rng): number {
  if (recording < 0) return -1;
  const { artists, recordings } = world.catalogue;
  const artist = recordings.artist[recording] ?? 0;
  const from = artists.recordingFrom[artist] ?? 0;
  const size = (artists.recordingFrom[artist + 1] ?? 0) - from;
  let best = from + rng.below(size);
  for (let i = 1; i < siblingTries; i++) {
    const r = from + rng.below(size);
    if ((recordings.attraction[r] ?? 0) > (recordings.attraction[best] ?? 0)) best = r;
  }
  return best;
}

/** People sense what is for them: the best of three candidates that `draw` gives, or -1. */
function sensed(ear: Ear, draw: () => number): number {
  let best = -1;
  let liking = -1;
  for (let i = 0; i < 3; i++) {
    const r = draw();
    if (r < 0) continue;
    const likes = ear.likes(r);
    if (likes <= liking) continue;
    best = r;
    liking = likes;
  }
  return best;
}

function deep(world: World, subGenre: number, rng: Rng): number {
  const { from, order } = world.catalogue.bySubGenre;
  const first = from[subGenre] ?? 0;
  return order[first + rng.below((from[subGenre + 1] ?? 0) - first)] ?? -1;
}

/** A sub-genre that a taste for this one reaches, or one of the same genre. */
function neighbour(world: World, subGenre: number, rng: Rng): number {
  const start = rng.below(subGenreCount);
  for (let i = 0; i < subGenreCount; i++) {
    const s = (start + i) % subGenreCount;
    const reach = world.reach[subGenre * subGenreCount + s] ?? 0;
    if (reach > 0 && s !== subGenre && world.present[s] === 1) return s;
  }
  return subGenre;
}

/** A sub-genre of holiday music that the catalogue has, or -1. */
export function holidaySubGenre(world: World, rng: Rng): number {
  return subGenreIn(world, holiday, rng);
}

/** A sub-genre of a genre that the catalogue has, or -1. */
export function subGenreIn(world: World, genre: number, rng: Rng): number {
  const from = subGenreFrom[genre] ?? 0;
  const size = (subGenreFrom[genre + 1] ?? 0) - from;
  const start = rng.below(size);
  for (let i = 0; i < size; i++) {
    const s = from + ((start + i) % size);
    if (world.present[s] === 1 && genreOfSubGenre[s] === genre) return s;
  }
  return -1;
}
