import { join } from 'node:path';
import { hashString } from '../domain/index.ts';
import { artistRates } from '../native/index.ts';
import { type Artifact, ColFile, ColWriter } from '../platform/index.ts';
import { snapshotFiles } from '../lake/index.ts';
import { readRanker } from './ranker-file.ts';
import { type LabelledRows } from './training-rows.ts';

export const artistEncodings = ['target', 'hash', 'none'] as const;

/**
 * How an artist's id enters the ranker. `target`: its smoothed positive rate, in training out of the
 * listener's fold (Micci-Barreca 2001). `hash`: a bucket of its id as a number (Weinberger et al.
 * 2009). `none`: not at all. The other features of the artist stay.
 */
export type ArtistEncoding = (typeof artistEncodings)[number];

/** Buckets of hashed ids: few enough for each to be a bin of its own. */
const buckets = 61;

const bucketOf = (id: string): number => hashString(id) % buckets;

/**
 * Writes the artists' columns of training rows in place: `artist_rate`, `artist_bucket`, NaN where the
 * encoding does not use them. Returns each artist's rate over all rows, NaN without examples.
 */
export function encodeArtists(
  rows: LabelledRows,
  featureNames: readonly string[],
  encoding: ArtistEncoding,
  prior: number,
): Float32Array {
  const { x, artist, artistIds } = rows;
  const { known, outOfFold } = artistRates(rows, artistIds.length, prior);
  const bucket = artistIds.map(bucketOf);
  const [rateAt, bucketAt] = ['artist_rate', 'artist_bucket'].map((name) =>
    featureNames.indexOf(name),
  ) as [number, number];
  for (let i = 0; i < artist.length; i++) {
    const row = i * featureNames.length;
    x[row + rateAt] = encoding === 'target' ? (outOfFold[i] as number) : Number.NaN;
    x[row + bucketAt] = encoding === 'hash' ? (bucket[artist[i] as number] as number) : Number.NaN;
  }
  return known;
}

/**
 * A ranker's artist columns in the order of a snapshot's artists, written for the crate: `rate` f32
 * (NaN for artists without examples) and `bucket` f32; NaN throughout where the encoding is another.
 */
export async function writeArtistColumns(
  ranker: Artifact,
  snapshot: Artifact,
  out: string,
): Promise<string> {
  const { artist: encoding } = readRanker(ranker);
  const known = artistRatesOf(ranker);
  const ids = ColFile.open(snapshotFiles(snapshot).catalogue).strings('artist.id');
  const column = (of: ArtistEncoding, value: (id: string) => number): Float32Array =>
    Float32Array.from(ids, (id) => (encoding === of ? value(id) : Number.NaN));
  const writer = new ColWriter(out);
  writer.column('rate', 'f32').append(column('target', (id) => known.get(id) ?? Number.NaN));
  writer.column('bucket', 'f32').append(column('hash', bucketOf));
  return writer.close({});
}

/** Rates by artist id as a ranker learned them; NaN for artists without examples, who are cold. */
export function artistRatesOf(ranker: Artifact): ReadonlyMap<string, number> {
  const file = ColFile.open(join(ranker.path, 'artists.col'));
  const rate = file.f32('rate');
  return new Map(file.strings('artist').map((id, i) => [id, rate[i] as number]));
}
