import type { Artists } from './artists.ts';
import { Rng } from '../domain/index.ts';
import { allWeeks, dayMs, startsAt, type FullConfig } from './config.ts';
import { energyLevels } from './contexts.ts';
import { genres } from './genres.ts';
import { levelPlantedGenres } from './planted-region.ts';

/** `until` of a recording that stays available. */
export const forever = 0x7fff_ffff;
/** `markets` of a recording that is available everywhere. */
export const everywhere = 63;
const hitShare = 0.02;

/** Recordings as columns, ordered by artist, then by release day. */
export interface Recordings {
  readonly count: number;
  readonly artist: Uint32Array;
  readonly album: Uint32Array;
  readonly genre: Uint8Array;
  readonly subGenre: Uint8Array;
  readonly secondSubGenre: Uint8Array;
  readonly language: Uint8Array;
  readonly position: Float32Array;
  /** 0..1, how good it is for those whose taste it meets. */
  readonly quality: Float32Array;
  /** 0..energyLevels - 1. */
  readonly energy: Uint8Array;
  readonly tempo: Float32Array;
  /** 0..11 pitch class. */
  readonly key: Uint8Array;
  readonly minor: Uint8Array;
  readonly durationMs: Uint32Array;
  /** Day since epoch. */
  readonly released: Int32Array;
  readonly explicit: Uint8Array;
  /** Bit set of countries. */
  readonly markets: Uint8Array;
  /** Last day of availability. */
  readonly until: Int32Array;
  /** Popularity before the period; the charts grow from it. */
  readonly attraction: Float64Array;
  /** 1 for the most attractive few: hits, which please beyond the tastes they belong to. */
  readonly hit: Uint8Array;
}

function emptyRecordings(count: number): Recordings {
  return {
    count,
    artist: new Uint32Array(count),
    album: new Uint32Array(count),
    genre: new Uint8Array(count),
    subGenre: new Uint8Array(count),
    secondSubGenre: new Uint8Array(count),
    language: new Uint8Array(count),
    position: new Float32Array(count * 3),
    quality: new Float32Array(count),
    energy: new Uint8Array(count),
    tempo: new Float32Array(count),
    key: new Uint8Array(count),
    minor: new Uint8Array(count),
    durationMs: new Uint32Array(count),
    released: new Int32Array(count),
    explicit: new Uint8Array(count),
    markets: new Uint8Array(count).fill(everywhere),
    until: new Int32Array(count).fill(forever),
    attraction: new Float64Array(count),
    hit: new Uint8Array(count),
  };
}

/** Draws the recordings of all artists. */
export function drawRecordings(config: FullConfig, artists: Artists): Recordings {
  const recordings = emptyRecordings(config.tracks);
  let album = 0;
  for (let a = 0; a < artists.count; a++) {
    const rng = new Rng(config.seed, 0xca7a10, a);
    const from = artists.recordingFrom[a] ?? 0;
    const to = artists.recordingFrom[a + 1] ?? 0;
    for (const { first, last, day } of drawAlbums(rng, config, artists.debut[a] ?? 0, from, to)) {
      for (let r = first; r < last; r++)
        drawRecording(rng, config, artists, a, r, day, album, recordings);
      album++;
    }
  }
  if (config.planted) levelPlantedGenres(recordings.genre, recordings.attraction);
  markHits(recordings);
  return recordings;
}

interface Album {
  readonly first: number;
  readonly last: number;
  readonly day: number;
}

/** Cuts an artist's recordings into albums and singles, in order of release (Fridays). */
function drawAlbums(
  rng: Rng,
  config: FullConfig,
  debut: number,
  from: number,
  to: number,
): Album[] {
  const start = Math.floor(startsAt(config) / dayMs);
  const end = start + allWeeks(config) * 7 - 1;
  const sizes: number[] = [];
  for (let left = to - from; left > 0; left -= sizes.at(-1) ?? 1) {
    sizes.push(Math.min(left, rng.uniform() < 0.35 ? 1 : 4 + rng.below(10)));
  }
  const days = sizes.map((size, i) => {
    if (i === 0) return debut;
    const inPeriod =
      rng.uniform() < Math.min(0.4, 0.008 * allWeeks(config)) * (size === 1 ? 2 : 0.7);
    const first = Math.max(debut, inPeriod ? start : 0);
    const last = debut >= start || inPeriod ? end : Math.min(start, debut + 365 * 25);
    return friday(first + Math.floor((last - first) * rng.uniform()), first, last);
  });
  days.sort((a, b) => a - b);
  let first = from;
  return sizes.map((size, i) => ({ first, last: (first += size), day: days[i] ?? debut }));
}

function friday(day: number, first: number, last: number): number {
  const moved = day - ((day + 6) % 7);
  return moved >= first && moved <= last ? moved : day;
}

function drawRecording(
  rng: Rng,
  config: FullConfig,
  artists: Artists,
  artist: number,
  r: number,
  day: number,
  album: number,
  to: Recordings,
): void {
  const genreAt = artists.genre[artist] ?? 0;
  const genre = genres[genreAt];
  to.artist[r] = artist;
  to.album[r] = album;
  to.genre[r] = genreAt;
  to.subGenre[r] = artists.subGenre[artist] ?? 0;
  to.secondSubGenre[r] = artists.secondSubGenre[artist] ?? 0;
  to.language[r] = artists.language[artist] ?? 0;
  for (let i = 0; i < 3; i++) {
    to.position[r * 3 + i] = (artists.position[artist * 3 + i] ?? 0) + 0.13 * rng.normal();
  }
  const quality = rng.beta(4, 2.2);
  to.quality[r] = quality;
  const energy = (artists.energy[artist] ?? 0.5) + 0.12 * rng.normal();
  to.energy[r] = Math.max(0, Math.min(energyLevels - 1, Math.floor(energy * energyLevels)));
  to.tempo[r] = Math.max(50, Math.min(210, (artists.tempo[artist] ?? 110) + 14 * rng.normal()));
  to.key[r] = rng.below(12);
  to.minor[r] = rng.uniform() < 0.42 ? 1 : 0;
  const minutes = 3.5 * Math.exp(0.28 * rng.normal()) * (genre?.name === 'classical' ? 1.6 : 1);
  to.durationMs[r] = Math.round(
    1000 * (rng.uniform() < 0.008 ? 18 + 11 * rng.uniform() : Math.max(55, 60 * minutes)),
  );
  to.released[r] = day;
  to.explicit[r] = rng.uniform() < (genre?.explicit ?? 0) ? 1 : 0;
  if (rng.uniform() < 0.03) to.markets[r] = 1 + rng.below(62);
  const start = Math.floor(startsAt(config) / dayMs);
  if (rng.uniform() < 0.006 && day < start) to.until[r] = start + rng.below((config.weeks + 4) * 7);
  const age = Math.max(0, start - day) / 3650;
  to.attraction[r] =
    (artists.popularity[artist] ?? 1) * Math.exp(2 * rng.normal()) * (0.2 + quality) * 0.75 ** age;
}

function markHits(recordings: Recordings): void {
  const { attraction, hit } = recordings;
  const bar = attraction.toSorted()[Math.floor(recordings.count * (1 - hitShare))] ?? Infinity;
  for (let r = 0; r < recordings.count; r++) if ((attraction[r] ?? 0) >= bar) hit[r] = 1;
}
