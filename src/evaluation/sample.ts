import { hashString } from '../domain/index.ts';

/** At most `most` listeners, drawn by the hash of their ids, ties by id; all, in their order, where they are fewer. */
export function sampleOf<T extends { readonly user: string }>(
  listeners: readonly T[],
  most: number,
): readonly T[] {
  if (listeners.length <= most) return listeners;
  return byHash(listeners).slice(0, most);
}

/**
 * Queries of whole listeners, drawn by the hash of their ids until `most` are reached; in their order.
 * All, where they are no more than that.
 */
export function sampleQueries<T extends { readonly user: string }>(
  queries: readonly T[],
  most: number,
): readonly T[] {
  if (queries.length <= most) return queries;
  const counts = new Map<string, number>();
  for (const { user } of queries) counts.set(user, (counts.get(user) ?? 0) + 1);
  const drawn = new Set<string>();
  let total = 0;
  for (const { user } of byHash([...counts.keys()].map((user) => ({ user })))) {
    if (total >= most) break;
    drawn.add(user);
    total += counts.get(user) ?? 0;
  }
  return queries.filter(({ user }) => drawn.has(user));
}

function byHash<T extends { readonly user: string }>(listeners: readonly T[]): T[] {
  return listeners
    .map((listener) => ({ listener, hash: hashString(listener.user) }))
    .toSorted((a, b) => a.hash - b.hash || (a.listener.user < b.listener.user ? -1 : 1))
    .map(({ listener }) => listener);
}
