import { hashString } from '../domain/index.ts';

/** At most `most` listeners, drawn by the hash of their ids, ties by id; all, in their order, where they are fewer. */
export function sampleOf<T extends { readonly user: string }>(
  listeners: readonly T[],
  most: number,
): readonly T[] {
  if (listeners.length <= most) return listeners;
  return listeners
    .map((listener) => ({ listener, hash: hashString(listener.user) }))
    .toSorted((a, b) => a.hash - b.hash || (a.listener.user < b.listener.user ? -1 : 1))
    .slice(0, most)
    .map(({ listener }) => listener);
}
