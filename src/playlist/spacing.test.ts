import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spaceArtists } from '../native/index.ts';
import { space } from './spacing.ts';

describe('spacing', () => {
  it('moves a track only as far as its artist demands', () => {
    const free = [false, false, false, false];
    expect(space([1, 2, 3, 1], free, 3)).toEqual([0, 1, 2, 3]);
    expect(space([1, 1, 2, 3], free, 3)).toEqual([0, 2, 3, 1]);
    expect(space([1, 1, 2, 3], [true, false, false, true], 2)).toEqual([0, 2, 1, 3]);
    expect(space([1, 1, 2, 3], [false, false, true, false], 2)).toEqual([0, 3, 2, 1]);
  });

  it('does what it can where one artist has too many', () => {
    expect(space([5, 5, 5, 2], [false, false, false, false], 2)).toEqual([0, 3, 1, 2]);
    expect(space([], [], 3)).toEqual([]);
  });

  it('is the same in the crate, and keeps every track and every fixed place', () => {
    const row = fc.tuple(
      fc.nat(4),
      fc.nat(9).map((n) => n === 0),
    );
    const rows = fc.array(row, { maxLength: 14 });
    fc.assert(
      fc.property(rows, fc.constantFrom(0, 1, 2, 3, 5), (rows, spacing) => {
        const [artists, fixed] = [rows.map(([a]) => a), rows.map(([, f]) => f)];
        const order = space(artists, fixed, spacing);
        const native = spaceArtists(
          Uint32Array.from(artists),
          Uint8Array.from(fixed, Number),
          spacing,
        );
        expect([...native]).toEqual(order);
        expect(order.toSorted((a, b) => a - b)).toEqual(artists.map((_, i) => i));
        expect(order.every((i, place) => !fixed[place] || i === place)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
