import { type PrefixQuery } from './prefix-queries.ts';

/** Which tracks may be named and which targets count. */
export interface Variant {
  readonly name: string;
  readonly heard: (query: PrefixQuery, recording: ArrayLike<number>) => Iterable<number>;
  readonly counts: (query: PrefixQuery, recording: ArrayLike<number>) => boolean;
}

export const variants: readonly Variant[] = [
  { name: 'all tracks', heard: () => [], counts: () => true },
  {
    name: 'tracks of the prefix removed',
    heard: ({ prefix }, recording) => prefix.map((track) => recording[track] as number),
    counts: () => true,
  },
  {
    name: 'new to the listener',
    heard: ({ heard }) => heard,
    counts: ({ heard, target }, recording) => !heard.has(recording[target] as number),
  },
];
