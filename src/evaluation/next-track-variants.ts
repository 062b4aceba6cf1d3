import { type PrefixQuery } from './prefix-queries.ts';

/** Which tracks may be named and which targets count. */
export interface Variant {
  readonly name: string;
  readonly heard: (query: PrefixQuery, recording: ArrayLike<number>) => Iterable<number>;
  readonly counts: (query: PrefixQuery, recording: ArrayLike<number>) => boolean;
}

const ofPrefix = ({ prefix }: PrefixQuery, recording: ArrayLike<number>): number[] =>
  prefix.map((track) => recording[track] as number);

export const variants: readonly Variant[] = [
  { name: 'all tracks', heard: () => [], counts: () => true },
  { name: 'tracks of the prefix removed', heard: ofPrefix, counts: () => true },
  {
    name: 'new to the listener',
    heard: (query, recording) => [...query.heardBefore, ...ofPrefix(query, recording)],
    counts: (query, recording) => {
      const target = recording[query.target] as number;
      return !query.heardBefore.has(target) && !ofPrefix(query, recording).includes(target);
    },
  },
];
