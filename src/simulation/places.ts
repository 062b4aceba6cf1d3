import { mix } from '../domain/index.ts';
import { genres } from './genres.ts';

interface Region {
  readonly name: string;
  readonly timezone: string;
  /** Fixed offset the listener's day follows; daylight saving is left out of the world. */
  readonly offsetHours: number;
}

interface Country {
  readonly code: string;
  readonly share: number;
  /** Index into `languages`. */
  readonly language: number;
  readonly regions: readonly Region[];
}

/** Languages by code; index 0 is music without words. */
export const languages = ['', 'en', 'de', 'pt', 'es', 'ja'] as const;

const region = (name: string, timezone: string, offsetHours: number): Region => ({
  name,
  timezone,
  offsetHours,
});

/** Six countries. DE and GB have the same share: the planted case compares them. */
export const countries: readonly Country[] = [
  {
    code: 'US',
    share: 0.28,
    language: 1,
    regions: [
      region('East', 'America/New_York', -5),
      region('Central', 'America/Chicago', -6),
      region('West', 'America/Los_Angeles', -8),
    ],
  },
  {
    code: 'GB',
    share: 0.16,
    language: 1,
    regions: [
      region('London', 'Europe/London', 0),
      region('North', 'Europe/London', 0),
      region('Scotland', 'Europe/London', 0),
    ],
  },
  {
    code: 'DE',
    share: 0.16,
    language: 2,
    regions: [
      region('North', 'Europe/Berlin', 1),
      region('South', 'Europe/Berlin', 1),
      region('East', 'Europe/Berlin', 1),
    ],
  },
  {
    code: 'BR',
    share: 0.18,
    language: 3,
    regions: [
      region('Sudeste', 'America/Sao_Paulo', -3),
      region('Nordeste', 'America/Recife', -3),
      region('Norte', 'America/Manaus', -4),
    ],
  },
  {
    code: 'MX',
    share: 0.12,
    language: 4,
    regions: [
      region('Centro', 'America/Mexico_City', -6),
      region('Norte', 'America/Monterrey', -6),
      region('Oeste', 'America/Tijuana', -8),
    ],
  },
  {
    code: 'JP',
    share: 0.1,
    language: 5,
    regions: [
      region('Kanto', 'Asia/Tokyo', 9),
      region('Kansai', 'Asia/Tokyo', 9),
      region('Kyushu', 'Asia/Tokyo', 9),
    ],
  },
];

/** How much each country turns to each genre, a hashed factor in 0.45..2.2 (country x genre). */
export function countryTaste(seed: number): Float32Array {
  const factors = new Float32Array(countries.length * genres.length);
  for (let i = 0; i < factors.length; i++) {
    factors[i] = 0.45 * (2.2 / 0.45) ** (mix(mix(seed ^ 0x5eed02) ^ i) / 2 ** 32);
  }
  return factors;
}
