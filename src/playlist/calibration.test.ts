import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrationDivergence } from '../native/index.ts';
import { calibrationGain, divergence, genreShares, taste } from './calibration.ts';

describe('calibration', () => {
  it('has the divergences that a pocket calculator gives', () => {
    // .8 ln(.8 / .998) + .2 ln(.2 / .002)
    expect(divergence([0.8, 0.2], [1, 0])).toBeCloseTo(0.7441208, 7);
    // .5 ln(.5 / .599) + .5 ln(.5 / .401), q~ = .99 q + .01 p
    expect(divergence([0.5, 0.5], [0.6, 0.4])).toBeCloseTo(0.0199966, 6);
    expect(divergence([0.8, 0.2], [0.8, 0.2])).toBe(0);
    expect(divergence([0.8, 0.2], [0, 0])).toBeCloseTo(Math.log(100), 12);
  });

  it('is the same in the crate', () => {
    const row = fc.tuple(fc.constantFrom(0, 0.2, 0.5), fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const [p, q] = [rows.map(([p]) => p), rows.map(([, q]) => q)];
        const native = calibrationDivergence(Float64Array.from(p), Float64Array.from(q));
        expect(native).toBeCloseTo(divergence(p, q), 12);
      }),
    );
  });

  it('weighs a genre by one over the genres of its track', () => {
    expect(genreShares([[0], [1, 2], []], 3)).toEqual([0.5, 0.25, 0.25]);
    expect(genreShares([[]], 2)).toEqual([0, 0]);
  });

  it('mixes recent and long taste', () => {
    expect(taste([0.5, 0.5], [1, 0], 0.5)).toEqual([0.75, 0.25]);
    expect(taste([2, 2], [0, 0], 0.5)).toEqual([0.5, 0.5]);
    expect(taste([0, 0], [0, 3], 0.5)).toEqual([0, 1]);
    expect(taste([0], [0], 0.5)).toEqual([]);
  });

  it('gains by the genre that is missing, and nothing by a track without genres', () => {
    expect(calibrationGain([0.5, 0.5], [[0]], [1])).toBeGreaterThan(0);
    expect(calibrationGain([0.5, 0.5], [[0]], [0])).toBe(0);
    expect(calibrationGain([0.5, 0.5], [[0]], [])).toBe(0);
  });
});
