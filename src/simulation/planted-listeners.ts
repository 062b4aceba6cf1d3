import { Rng } from '../domain/index.ts';
import { dayMs, weekMs } from './config.ts';
import type { Diary } from './diary.ts';
import { kind } from './event-block.ts';
import { jazz, rock, subGenreFrom } from './genres.ts';
import { labelsOf } from './labels.ts';
import type { Listener, Taste } from './listeners.ts';
import { isAvailable } from './discovery.ts';
import type { World } from './world.ts';

/** The planted listeners play in this many last weeks: 20 rock and 5 jazz tracks in each. */
export const plantedWeeks = 4;
const rockPerWeek = 20;
const jazzPerWeek = 5;

/**
 * Listener `planted-8020-*`: plays rock and jazz and nothing else, in each week exactly 80 : 20,
 * every play to its end, tracks of different recordings (as long as the world has enough) that
 * are labelled with one of the two genres and not the other.
 */
export function drawPlantedListener(world: World, drawn: Listener): Listener {
  const taste = (genre: number, strength: number): Taste => {
    const from = subGenreFrom[genre] ?? 0;
    const to = subGenreFrom[genre + 1] ?? from + 1;
    let subGenre = from;
    for (let s = from; s < to; s++) if (world.present[s] === 1) subGenre = s;
    return {
      subGenre,
      centre: [0.5, 0.5, 0.5],
      width: 0.6,
      strength,
      phase: 0,
      eraFrom: -1e6,
      eraTo: 1e6,
    };
  };
  return {
    ...drawn,
    explicitOk: true,
    personalise: true,
    hasChild: false,
    joinedMs: world.config.endsAt - 2 * 365 * dayMs,
    tastes: [taste(rock, 1), taste(jazz, 0.7)],
    hijackedWeek: -1,
    sleepsToMusic: false,
  };
}

/** Writes the plays of planted listener `index`. */
export function livePlanted(world: World, index: number, country: number, diary: Diary): void {
  const { config, catalogue } = world;
  const rng = new Rng(config.seed, 0x8020, index);
  const weeks = Math.min(plantedWeeks, config.weeks);
  const today = Math.floor((config.endsAt - weeks * weekMs) / dayMs);
  const pools = [rock, jazz].map((genre) =>
    pool(world, genre, genre === rock ? jazz : rock, country, today, rng),
  );
  const taken = [0, 0];
  for (let week = 0; week < weeks; week++) {
    const fromMs = config.endsAt - (weeks - week) * weekMs;
    const order = shuffled(
      [...Array<number>(rockPerWeek).fill(0), ...Array<number>(jazzPerWeek).fill(1)],
      rng,
    );
    order.forEach((which, i) => {
      const list = pools[which] ?? [];
      const r = list[(taken[which] ?? 0) % list.length];
      if (r === undefined) return;
      taken[which] = (taken[which] ?? 0) + 1;
      const track = catalogue.releases.from[r] ?? 0;
      const session = week * 5 + Math.floor(i / 5);
      const ts = fromMs + (1 + Math.floor(i / 5)) * dayMs + (i % 5) * 900_000;
      const setting = { listener: index, country, session, context: 0, device: 0 };
      diary.events.add(setting, track, ts, kind.play, catalogue.releases.durationMs[track] ?? 0);
    });
  }
}

/** Recordings labelled with `genre` and not with `other`, longer than 30 s, in random order. */
function pool(
  world: World,
  genre: number,
  other: number,
  country: number,
  day: number,
  rng: Rng,
): number[] {
  const { recordings, releases } = world.catalogue;
  const fits: number[] = [];
  for (let r = 0; r < recordings.count; r++) {
    if (recordings.genre[r] !== genre || (recordings.durationMs[r] ?? 0) < 31_000) continue;
    if (!isAvailable(world, r, country, day) || (recordings.until[r] ?? 0) < day + 40) continue;
    const labels = labelsOf(world, releases.from[r] ?? 0);
    if (labels.includes(genre) && !labels.includes(other)) fits.push(r);
  }
  return shuffled(fits, rng);
}

function shuffled(list: number[], rng: Rng): number[] {
  for (let i = list.length - 1; i > 0; i--) {
    const j = rng.below(i + 1);
    const moved = list[i] ?? 0;
    list[i] = list[j] ?? 0;
    list[j] = moved;
  }
  return list;
}
