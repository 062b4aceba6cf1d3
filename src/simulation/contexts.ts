import type { Rng } from '../domain/index.ts';
import { genreIndex, genres } from './genres.ts';

interface Context {
  readonly name: string;
  /** Mean share of sessions. */
  readonly share: number;
  readonly energy: number;
  /** Local hours in which such a session begins; repeated hours are likelier. */
  readonly hours: readonly number[];
  readonly devices: readonly string[];
}

/** What a listener is doing in a session. */
export const contexts: readonly Context[] = [
  {
    name: 'home',
    share: 0.36,
    energy: 0.5,
    hours: [10, 12, 17, 18, 19, 19, 20, 20, 21, 21, 22],
    devices: ['phone', 'speaker', 'desktop'],
  },
  {
    name: 'commute',
    share: 0.22,
    energy: 0.58,
    hours: [6, 7, 7, 8, 8, 9, 16, 17, 17, 18],
    devices: ['phone', 'car'],
  },
  {
    name: 'work',
    share: 0.19,
    energy: 0.42,
    hours: [9, 10, 10, 11, 13, 14, 14, 15],
    devices: ['desktop', 'phone'],
  },
  {
    name: 'workout',
    share: 0.11,
    energy: 0.84,
    hours: [6, 7, 12, 17, 18, 18, 19],
    devices: ['phone', 'watch'],
  },
  {
    name: 'party',
    share: 0.06,
    energy: 0.78,
    hours: [20, 21, 21, 22, 23],
    devices: ['speaker', 'phone'],
  },
  {
    name: 'sleep',
    share: 0.06,
    energy: 0.16,
    hours: [21, 22, 22, 23, 0],
    devices: ['phone', 'speaker'],
  },
];

export const devices = ['phone', 'speaker', 'desktop', 'car', 'watch'] as const;

/** Energy is quantised to this many levels, so that a table over it is exact. */
export const energyLevels = 32;

/** Genres fall into three classes by how far their energy follows the context. */
const quiet = ['jazz', 'classical', 'folk', 'children'].map(genreIndex);
const loud = ['metal', 'electronic', 'hip-hop'].map(genreIndex);
const classes = 3;
const classOf = Uint8Array.from(genres, (_, g) =>
  quiet.includes(g) ? 0 : loud.includes(g) ? 2 : 1,
);
/** Wanted energy, contexts x classes. */
const targets = Float64Array.from(
  contexts.flatMap(({ energy }) => [0.2 + 0.3 * energy, energy, 0.3 + 0.65 * energy]),
);

/**
 * How well energy `level` of a genre fits a context for a listener whose ear is shifted by
 * `shift`: 1 in the band, 0.7 near it, 0.35 outside. Quiet genres hardly follow the context.
 */
export function energyFit(context: number, genre: number, level: number, shift: number): number {
  return fitOfClass(context, classOf[genre] ?? 1, level, shift);
}

function fitOfClass(context: number, energyClass: number, level: number, shift: number): number {
  const target = targets[context * classes + energyClass] ?? 0.5;
  const distance = Math.abs((level + 0.5) / energyLevels - target - shift);
  return distance < 0.2 ? 1 : distance < 0.38 ? 0.7 : 0.35;
}

/** A listener's share of sessions in each context; sums to 1. */
export function drawContextMix(rng: Rng): Float32Array {
  const mix = Float32Array.from(contexts, (context) => context.share * (0.1 + rng.exponential()));
  const sum = mix.reduce((a, b) => a + b, 0);
  return mix.map((share) => share / sum);
}

/** `energyFit` averaged over a listener's contexts: genres x energy levels. */
export function meanEnergyFit(contextMix: Float32Array, shift: number): Float32Array {
  const byClass = new Float32Array(classes * energyLevels);
  for (let i = 0; i < byClass.length; i++) {
    let sum = 0;
    for (let c = 0; c < contextMix.length; c++) {
      const fit = fitOfClass(c, Math.floor(i / energyLevels), i % energyLevels, shift);
      sum += (contextMix[c] ?? 0) * fit;
    }
    byClass[i] = sum;
  }
  const fit = new Float32Array(genres.length * energyLevels);
  for (let g = 0; g < genres.length; g++) {
    const from = (classOf[g] ?? 1) * energyLevels;
    fit.set(byClass.subarray(from, from + energyLevels), g * energyLevels);
  }
  return fit;
}
