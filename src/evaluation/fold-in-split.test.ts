import { describe, expect, it } from 'vitest';
import { type Pair, innerHoldOut, splitPairs } from './fold-in-split.ts';

const pairs: Pair[] = Array.from({ length: 40 }, (_, u) =>
  Array.from({ length: u % 9 }, (__, t) => ({
    user: `u${u}`,
    track: `t${(u + t) % 12}`,
    artist: '',
    plays: 1,
  })),
).flat();
const split = splitPairs(pairs, 7, false);
const { early, late } = innerHoldOut(split, 7);

describe('an inner hold-out', () => {
  it('keeps every known pair once', () => {
    const key = ({ user, track }: Pair): string => `${user} ${track}`;
    expect([...early, ...late].map(key).toSorted()).toEqual(split.known.map(key).toSorted());
  });

  it('plays the judged listeners late and holds out a fifth of every training listener of five', () => {
    expect(early.some(({ user }) => split.held.has(user))).toBe(false);
    const training = late.filter(({ user }) => !split.held.has(user));
    for (const user of new Set(split.known.map((pair) => pair.user))) {
      if (split.held.has(user)) continue;
      const known = split.known.filter((pair) => pair.user === user).length;
      const out = training.filter((pair) => pair.user === user).length;
      expect(out).toBe(known < 5 ? 0 : Math.max(1, Math.round(known * 0.2)));
    }
  });

  it('depends on the seed and the pairs alone', () => {
    expect(innerHoldOut(split, 7)).toEqual({ early, late });
    expect(innerHoldOut(split, 8)).not.toEqual({ early, late });
  });
});
