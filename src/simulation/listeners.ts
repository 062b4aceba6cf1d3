import { Rng } from '../domain/index.ts';
import { allWeeks, dayMs, startsAt, weekMs, type FullConfig } from './config.ts';
import { drawContextMix } from './contexts.ts';
import { children, genreOfSubGenre, genres, holiday, subGenreFrom } from './genres.ts';
import { plantedGenreFactor } from './planted-region.ts';
import { countries, languages } from './places.ts';
import { cell, drawIndex } from './sampling.ts';

/** One of a listener's one to four tastes. */
export interface Taste {
  readonly subGenre: number;
  /** Place in the sound space around which it lies, and how far it reaches. */
  readonly centre: readonly [number, number, number];
  readonly width: number;
  readonly strength: number;
  /** Phase of the slow circle on which the centre moves. */
  readonly phase: number;
  /** Days since epoch between which the music should have come out. */
  readonly eraFrom: number;
  readonly eraTo: number;
}

/** Who somebody is: a pure function of (seed, index). */
export interface Listener {
  readonly index: number;
  readonly country: number;
  readonly region: number;
  readonly household: number;
  readonly hasChild: boolean;
  readonly ageBand: number;
  readonly gender: number;
  readonly explicitOk: boolean;
  readonly personalise: boolean;
  /** Bit set over `languages`. */
  readonly languages: number;
  readonly joinedMs: number;
  /** Plays a week relative to the mean listener (heavy tail). */
  readonly activity: number;
  /** 0..1 */
  readonly adventurousness: number;
  readonly tastes: readonly Taste[];
  readonly contextMix: Float32Array;
  readonly energyShift: number;
  /** 0..1 */
  readonly holidayLove: number;
  /** 0..1, how much hits please whatever their genre. */
  readonly mainstream: number;
  readonly lovesNew: boolean;
  readonly moodBit: number;
  readonly opensLists: number;
  readonly makesPlaylists: boolean;
  readonly sleepsToMusic: boolean;
  /** Week in which somebody else uses the profile, or -1. */
  readonly hijackedWeek: number;
}

export const ageBands = ['13-17', '18-24', '25-34', '35-44', '45-54', '55+'] as const;
export const genders = ['female', 'male', 'other', null] as const;

const ageShares = [0.08, 0.24, 0.27, 0.18, 0.13, 0.1];
/** Ways to divide four neighbours into households. */
const layouts = [
  [0, 0, 0, 0],
  [0, 0, 0, 1],
  [0, 0, 1, 1],
  [0, 0, 1, 2],
  [0, 1, 2, 3],
  [0, 1, 2, 3],
];
const day = (year: number) => Math.floor(Date.UTC(year, 0, 1) / dayMs);
const eras: readonly (readonly [number, number])[] = [
  [day(1900), day(2200)],
  [day(1900), day(2200)],
  [day(2012), day(2200)],
  [day(1985), day(2012)],
  [day(1900), day(1995)],
];
/** Log-normal activity: sigma, and the cap that keeps one person human. */
const activitySigma = 0.95;
const activityCap = 9;

/** Draws listener `index`. `present` marks the sub-genres that the catalogue has. */
export function drawListener(
  config: FullConfig,
  countryTaste: Float32Array,
  present: Uint8Array,
  index: number,
): Listener {
  const rng = new Rng(config.seed, 0x115e7e2, index);
  const block = index >>> 2;
  const layout = layouts[cell(config.seed ^ 0x40e, block, 0) % layouts.length] ?? [0, 1, 2, 3];
  const household = block * 4 + (layout[index & 3] ?? 0);
  const home = new Rng(config.seed, 0x40e, household);
  const country = drawIndex(
    home,
    countries.map((one) => one.share),
  );
  const region = home.below(3);
  const shared = layout.filter((one) => one === layout[index & 3]).length > 1;
  const hasChild = home.uniform() < (shared ? 0.3 : 0.04);
  const joinsLate = rng.uniform() < 0.1;
  const adventurousness = rng.beta(1.6, 1.8);
  const start = startsAt(config);
  const period = allWeeks(config) * weekMs;
  const ageBand = drawIndex(rng, ageShares);
  const activity = Math.exp(activitySigma * rng.normal() - activitySigma ** 2 / 2);
  return {
    index,
    country,
    region,
    household,
    hasChild,
    ageBand,
    gender: drawIndex(rng, [0.46, 0.46, 0.03, 0.05]),
    explicitOk: ageBand > 0 && rng.uniform() < 0.88,
    personalise: rng.uniform() < 0.985,
    languages: drawLanguages(rng, country, adventurousness),
    joinedMs: joinsLate
      ? start + Math.floor(0.8 * period * rng.uniform())
      : start - Math.floor(6 * 365 * dayMs * rng.uniform() ** 1.5) - dayMs,
    activity: Math.min(activityCap, activity),
    adventurousness,
    tastes: drawTastes(rng, config, countryTaste, present, country, ageBand, hasChild),
    contextMix: drawContextMix(rng),
    energyShift: 0.07 * rng.normal(),
    holidayLove: rng.uniform() < 0.25 ? 0 : 0.15 + 0.85 * rng.uniform(),
    mainstream: rng.beta(1.2, 1.6),
    lovesNew: rng.uniform() < 0.35,
    moodBit: rng.below(2),
    opensLists: rng.beta(2.2, 1.6),
    makesPlaylists: rng.uniform() < 0.35,
    sleepsToMusic: rng.uniform() < 0.06,
    hijackedWeek: rng.uniform() < 0.004 ? rng.below(allWeeks(config)) : -1,
  };
}

function drawLanguages(rng: Rng, country: number, adventurousness: number): number {
  let known = 1 | (1 << (countries[country]?.language ?? 1));
  if (rng.uniform() < 0.7) known |= 2;
  for (let l = 2; l < languages.length; l++)
    if (rng.uniform() < 0.06 + 0.1 * adventurousness) known |= 1 << l;
  return known;
}

function drawTastes(
  rng: Rng,
  config: FullConfig,
  countryTaste: Float32Array,
  present: Uint8Array,
  country: number,
  ageBand: number,
  hasChild: boolean,
): Taste[] {
  const weights = genres.map((genre, g) => {
    if (g === holiday || (g === children && !hasChild)) return 0;
    const from = subGenreFrom[g] ?? 0;
    if (!present.subarray(from, from + genre.subGenres.length).includes(1)) return 0;
    const age = 0.6 + 0.8 * (cell(config.seed ^ 0xa9e, g, ageBand) / 2 ** 32);
    const local = countryTaste[country * genres.length + g] ?? 1;
    return genre.share * age * (config.planted ? plantedGenreFactor(country, g, local) : local);
  });
  return Array.from({ length: 1 + drawIndex(rng, [0.2, 0.35, 0.3, 0.15]) }, (_, k) => {
    const g = drawIndex(rng, weights);
    const inGenre = Array.from(present, (here, s) => (here && genreOfSubGenre[s] === g ? 1 : 0));
    const [eraFrom, eraTo] = eras[rng.below(eras.length)] ?? [day(1900), day(2200)];
    return {
      subGenre: drawIndex(rng, inGenre),
      centre: [rng.uniform(), rng.uniform(), rng.uniform()] as const,
      width: 0.36 + 0.3 * rng.uniform(),
      strength: (k === 0 ? 0.85 : 0.6) + 0.15 * rng.uniform(),
      phase: 2 * Math.PI * rng.uniform(),
      eraFrom,
      eraTo,
    };
  });
}
