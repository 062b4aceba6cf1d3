import { Rng } from '../domain/index.ts';
import { genres } from './genres.ts';
import { countries, languages } from './places.ts';
import { releaseKinds } from './releases.ts';
import {
  artistPatterns,
  bandAdjectives,
  bandNouns,
  genrePatterns,
  keyNames,
  syllables,
  titleWords,
} from './words.ts';
import type { World } from './world.ts';

/** Names of all artists, no two alike; invented, from words and syllables. */
export function artistNames(world: World): string[] {
  const taken = new Set<string>();
  return Array.from({ length: world.catalogue.artists.count }, (_, a) => {
    let name = '';
    for (let attempt = 0; name === '' || taken.has(name); attempt++) {
      name = artistName(world, a, attempt);
      if (attempt > 20) name += ` ${attempt}`;
    }
    taken.add(name);
    return name;
  });
}

function artistName(world: World, artist: number, attempt: number): string {
  const { artists } = world.catalogue;
  const rng = new Rng(world.config.seed, 0xa27, artist, attempt);
  const patterns = artistPatterns[genres[artists.genre[artist] ?? 0]?.name ?? 'pop'] ?? ['%g %l'];
  // once the words run out a person's name is unlike any other
  const pattern = attempt > 6 ? '%g %l' : pick(rng, patterns);
  const sounds = syllables[countries[artists.country[artist] ?? 0]?.code ?? 'US'];
  if (!sounds) return '';
  return pattern.replace(/%[abgl]/g, (slot) => {
    if (slot === '%a') return pick(rng, bandAdjectives);
    if (slot === '%b') return pick(rng, bandNouns);
    return slot === '%g'
      ? pick(rng, sounds.given)
      : pick(rng, sounds.start) + pick(rng, sounds.end);
  });
}

/** Titles of the recordings of one artist, no two alike. */
export function titlesOf(world: World, artist: number): string[] {
  const { artists } = world.catalogue;
  const from = artists.recordingFrom[artist] ?? 0;
  const to = artists.recordingFrom[artist + 1] ?? from;
  const taken = new Set<string>();
  return Array.from({ length: to - from }, (_, i) => {
    let title = '';
    for (let attempt = 0; title === '' || taken.has(title); attempt++) {
      title = titleOf(world, from + i, attempt);
      if (attempt > 8) title += `, Pt. ${attempt - 7}`;
    }
    taken.add(title);
    return title;
  });
}

function titleOf(world: World, r: number, attempt: number): string {
  const { recordings } = world.catalogue;
  const rng = new Rng(world.config.seed, 0x717e, r, attempt);
  const words = titleWords[languages[recordings.language[r] ?? 1] ?? 'en'] ?? titleWords.en;
  const own = genrePatterns[genres[recordings.genre[r] ?? 0]?.name ?? ''];
  const source = own ? titleWords.en : words;
  if (!source) return '';
  const key = `${keyNames[recordings.key[r] ?? 0] ?? 'C'} ${recordings.minor[r] === 1 ? 'minor' : 'major'}`;
  return pick(rng, own ?? source.patterns)
    .replace(/%[abnk]/g, (slot) => {
      if (slot === '%n') return String(1 + rng.below(24));
      if (slot === '%k') return key;
      return pick(rng, slot === '%a' ? source.first : source.second);
    })
    .replace(/\ba (?=[AEIOU])/g, 'an ');
}

const places = [
  'Bellhaven',
  'the Old Mill',
  'Radio Nord',
  'Casa Lumen',
  'Pier Nine',
  'the Glasshouse',
];

/** Title of a release: the recording's, with what labels add. */
export function releaseTitle(world: World, track: number, title: string): string {
  const { releases } = world.catalogue;
  const rng = new Rng(world.config.seed, 0x717f, track);
  const year = new Date((releases.released[track] ?? 0) * 86_400_000).getUTCFullYear();
  const variant = rng.uniform() < 0.5;
  switch (releaseKinds[releases.kind[track] ?? 0]) {
    case 'single':
      return variant ? title : `${title} - Single Version`;
    case 'remaster':
      return variant ? `${title} - Remastered ${year}` : `${title} (${year} Remaster)`;
    case 'live':
      return variant ? `${title} (Live)` : `${title} - Live at ${pick(rng, places)}`;
    default:
      return title;
  }
}

function pick<T>(rng: Rng, from: readonly T[]): T {
  return from[rng.below(from.length)] as T; // lists of words are not empty
}
