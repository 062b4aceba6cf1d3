import * as fc from 'fast-check';
import { type CandidateColumns } from '../../native/index.ts';
import { type Candidate } from '../pool.ts';
import { type ListParams, settings } from '../settings.ts';

/** Candidates with many ties, shared artists, recordings and genre sets. */
export const candidates = (maxLength: number): fc.Arbitrary<Candidate[]> =>
  fc
    .tuple(fc.integer({ min: 1, max: 12 }), fc.boolean())
    .chain(([artists, vectors]) =>
      fc.array(
        fc.record({
          score: fc.oneof(
            fc.constantFrom(0, 0.25, 0.5).map(Math.fround),
            fc.float({ min: 0, max: 1, noNaN: true }),
          ),
          recording: fc.nat(60),
          artist: fc.nat(artists - 1),
          known: fc.constant(false),
          percentile: fc.oneof(fc.constant(0.5), fc.float({ min: 0, max: 1, noNaN: true })),
          genres: fc.uniqueArray(fc.nat(5), { maxLength: 3 }),
          vector: vectors ? angle : fc.constant([]),
        }),
        { maxLength },
      ),
    )
    .map((rows) => rows.map((row) => ({ ...row, known: row.artist % 2 === 0 })));

const angle = fc
  .double({ min: 0, max: 6.28, noNaN: true })
  .map((a) => [Math.fround(Math.cos(a)), Math.fround(Math.sin(a))]);

/** Any combination of the builder's steps, on or off. */
export const params: fc.Arbitrary<ListParams> = fc.record({
  length: fc.constantFrom(1, 5, 12),
  reserve: fc.constantFrom(0, 7),
  mmr: fc.constantFrom(0, 0.1, 1),
  artistSimilarity: fc.constant(0.7),
  vectorSimilarity: fc.constantFrom(0, 0.8, 1),
  dpp: fc.constantFrom(0, 0, 0.2),
  calibration: fc.constantFrom(0, 0.5, 1),
  recentShare: fc.constant(0.5),
  popularityMargin: fc.constantFrom(null, 0.05, -0.2),
  popularityCeiling: fc.constant(100),
  newArtists: fc.constantFrom(0, 4),
  perNewArtist: fc.constantFrom(null, 1),
  perKnownArtist: fc.constantFrom(null, 2),
  newArtistsOnly: fc.boolean(),
  explorationSlots: fc.constant(0),
  explorationPlaces: fc.constant(settings.balanced.explorationPlaces),
  spacing: fc.constant(3),
});

/** The same candidates as the crate takes them. */
export function columnsOf(rows: readonly Candidate[]): CandidateColumns {
  const genreOff = [0];
  for (const { genres } of rows) genreOff.push((genreOff.at(-1) as number) + genres.length);
  return {
    score: Float32Array.from(rows, (row) => row.score),
    recording: Uint32Array.from(rows, (row) => row.recording),
    artist: Uint32Array.from(rows, (row) => row.artist),
    known: Uint8Array.from(rows, (row) => Number(row.known)),
    percentile: Float32Array.from(rows, (row) => row.percentile),
    genreOff: Uint32Array.from(genreOff),
    genre: Uint16Array.from(rows.flatMap((row) => row.genres)),
    vectors: Float32Array.from(rows.flatMap((row) => row.vector)),
    dimensions: rows[0]?.vector.length ?? 0,
  };
}
