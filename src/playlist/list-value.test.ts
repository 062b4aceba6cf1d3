import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArtifactError } from '../domain/index.ts';
import { decodeList, listValueBytes } from './list-value.ts';
import { version1 } from './test-data/list-value-1.ts';

const stored = (): Uint8Array => Uint8Array.from(Buffer.from(version1, 'hex'));

describe('a list value', () => {
  it('of version 1 decodes as it did when it was stored', () => {
    const list = decodeList(stored());
    expect(list).toEqual({
      version: 1,
      fallback: false,
      carriedOver: true,
      week: '2026-W47',
      tracks: [
        { track: 7, score: 0.5, source: 'cooccurrence', propensity: 1, because: [1, 2] },
        {
          track: 4_000_000_000,
          score: 0.25,
          source: 'exploration',
          propensity: 0.125,
          because: [],
        },
      ],
      reserve: [
        { track: 3, score: 0.0625 },
        { track: 258, score: 2 ** -24 },
      ],
    });
  });

  it('is read from the middle of a larger buffer', () => {
    const around = new Uint8Array(listValueBytes + 13).fill(255);
    around.set(stored(), 5);
    expect(decodeList(around.subarray(5, 5 + listValueBytes))).toEqual(decodeList(stored()));
  });

  it.each([
    ['another version', 0, 2],
    ['an unknown flag', 1, 4],
    ['too many tracks', 2, 31],
    ['too much reserve', 3, 61],
    ['no week', 4, 99],
    ['a score that is no number', 13, 0x7c],
    ['an unknown source', 14, 99],
    ['bytes behind the last track', 8 + 2 * 11, 1],
    ['bytes behind the reserve', listValueBytes - 1, 1],
  ])('with %s is refused', (_, at, value) => {
    const bytes = stored();
    bytes[at] = value;
    expect(() => decodeList(bytes)).toThrow(ArtifactError);
  });

  it('never fails otherwise than by an ArtifactError', () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 800 }),
      fc.uint8Array({ minLength: listValueBytes, maxLength: listValueBytes }),
      fc
        .array(fc.tuple(fc.nat(listValueBytes - 1), fc.nat(255)), { maxLength: 6 })
        .map((changes) => {
          const bytes = stored();
          for (const [at, value] of changes) bytes[at] = value;
          return bytes;
        }),
    );
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(anything, (bytes) => {
        const outcome = outcomeOf(bytes);
        outcomes.add(outcome);
        return outcome === 'list' || outcome === 'refused';
      }),
      { numRuns: 500 },
    );
    expect(outcomes).toEqual(new Set(['list', 'refused']));
  });
});

/** What decoding leads to; anything but `list` and `refused` is a defect. */
function outcomeOf(bytes: Uint8Array): string {
  try {
    const { tracks, reserve } = decodeList(bytes);
    const sound = tracks.every(
      ({ propensity, because }) => propensity > 0 && propensity <= 1 && because.length <= 3,
    );
    return sound && tracks.length <= 30 && reserve.length <= 60 ? 'list' : 'unsound';
  } catch (error) {
    return error instanceof ArtifactError ? 'refused' : String(error);
  }
}
