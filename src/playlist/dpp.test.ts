import { describe, expect, it } from 'vitest';
import { determinant, determinantGain, kernel } from './dpp.ts';

const track = (artist: number, genres: readonly number[], vector: readonly number[] = []) => ({
  artist,
  genres,
  vector,
});

describe('the determinantal point process', () => {
  it('has the determinants of the textbook', () => {
    expect(determinant([])).toBe(1);
    expect(
      determinant([
        [1, 0.5],
        [0.5, 1],
      ]),
    ).toBe(0.75);
    expect(
      determinant([
        [2, 1, 1],
        [1, 3, 2],
        [1, 2, 4],
      ]),
    ).toBeCloseTo(13, 12);
  });

  it('gains nothing by a stranger and loses most by a twin', () => {
    const first = track(1, [1, 2], [1, 0]);
    const stranger = track(2, [3], [0, 1]);
    const twin = track(1, [1, 2], [1, 0]);
    const cousin = track(3, [1, 2], [0.6, 0.8]);
    expect(determinantGain([first], stranger)).toBe(0);
    expect(kernel(first, twin)).toBeCloseTo(0.9, 12);
    expect(determinantGain([first], twin)).toBeCloseTo(Math.log(1 - 0.81), 12);
    expect(determinantGain([first], cousin)).toBeGreaterThan(determinantGain([first], twin));
  });
});
