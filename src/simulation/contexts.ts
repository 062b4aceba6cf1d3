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

const quiet = new Set(['jazz', 'classical', 'folk', 'children'].map(genreIndex));
const loud = new Set(['metal', 'electronic', 'hip-hop'].map(genreIndex));

const targets = Float64Array.from(
  contexts.flatMap(({ energy }) =>
    genres.map((_, g) =>
      quiet.has(g) ? 0.2 + 0.3 * energy : loud.has(g) ? 0.3 + 0.65 * energy : energy,
    ),
  ),
);

/**
 * How well energy `level` of a genre fits a context for a listener whose ear is shifted by
 * `shift`: 1 in the band, 0.7 near it, 0.35 outside. Quiet genres hardly follow the context.
 */
export function energyFit(context: number, genre: number, level: number, shift: number): number {
  const target = targets[context * genres.length + genre] ?? 0.5;
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
  const fit = new Float32Array(genres.length * energyLevels);
  for (let i = 0; i < fit.length; i++) {
    const genre = Math.floor(i / energyLevels);
    let sum = 0;
    for (let c = 0; c < contextMix.length; c++) {
      sum += (contextMix[c] ?? 0) * energyFit(c, genre, i % energyLevels, shift);
    }
    fit[i] = sum;
  }
  return fit;
}
