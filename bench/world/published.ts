import { type Statistics } from './statistics.ts';

/** What was published of one statistic, or measured here on real data. */
export interface Published {
  readonly statistic: keyof Statistics;
  readonly title: string;
  readonly value: number;
  readonly source: string;
}

const lamereSkips = 'Spotify, over a billion plays (Lamere 2014, "The Skip")';

/** Published figures; the habits that real sessions here show are added by the study. */
export const published: readonly Published[] = [
  {
    statistic: 'topShare',
    title: 'share of plays on the top 1 % of recordings',
    value: 0.5,
    source:
      'about half: .58 on the top 50,000 songs of The Echo Nest (Lamere 2013), .52 on the top 1 % ' +
      'of artists of HetRec Last.fm 2K (measured)',
  },
  {
    statistic: 'heardOnce',
    title: 'share of recordings with one play',
    value: 0.32,
    source: '32 % of tracks sold in the US in 2011 sold once (Nielsen SoundScan)',
  },
  { statistic: 'skippedBy5', title: 'skipped within 5 s', value: 0.2414, source: lamereSkips },
  { statistic: 'skippedBy30', title: 'skipped within 30 s', value: 0.3505, source: lamereSkips },
  {
    statistic: 'skippedBeforeEnd',
    title: 'skipped before the end',
    value: 0.486,
    source: lamereSkips,
  },
  {
    statistic: 'listensPerDay',
    title: 'listens of a listener on a day with any',
    value: 15.9,
    source: '30Music, five windows (measured)',
  },
  {
    statistic: 'repeats',
    title: 'repeats within 5.3 days, 50 to 99 listens',
    value: 0.175,
    source: '30Music, five windows (measured)',
  },
];

/** How far from the published figure a world may be and still be believed. */
export const tolerance = 0.2;

/** Published figures that a world misses by more than the tolerance. */
export function missed(world: Statistics): readonly Published[] {
  return published.filter(
    ({ statistic, value }) => Math.abs(world[statistic] / value - 1) > tolerance,
  );
}
