import { type DecodedList, type ListSlot } from './list-value.ts';

/** Why a track may not be shown to this request; asked in this order, the first that holds counts. */
type FilterReason = 'explicit' | 'blocked' | 'market';

export interface ListFilters {
  /** Tracks wanted. */
  readonly length: number;
  /** Whether a track (catalogue index) is refused as explicit, as blocked, or by its market. */
  readonly explicit: (track: number) => boolean;
  readonly blocked: (track: number) => boolean;
  readonly market: (track: number) => boolean;
}

export interface FilteredList {
  readonly kept: readonly ListSlot[];
  /** Tracks taken out of the list, and of the reserve before it filled up, by reason. */
  readonly removed: Readonly<Record<FilterReason, readonly number[]>>;
}

/**
 * A list with what must not be shown taken out, filled up to `length` from the reserve in its order.
 * Fillers stand at the end: source `reserve` (in a fallback list `fallback`), propensity 1, no receipts.
 * A track that is there twice is shown once.
 */
export function filterList(list: DecodedList, filters: ListFilters): FilteredList {
  const removed: Record<FilterReason, number[]> = { explicit: [], blocked: [], market: [] };
  const reasons = ['explicit', 'blocked', 'market'] as const;
  const shown = new Set<number>();
  const kept: ListSlot[] = [];
  const offer = (slot: ListSlot): void => {
    if (kept.length >= filters.length || shown.has(slot.track)) return;
    shown.add(slot.track);
    const reason = reasons.find((reason) => filters[reason](slot.track));
    if (reason === undefined) kept.push(slot);
    else removed[reason].push(slot.track);
  };
  for (const slot of list.tracks) offer(slot);
  const source = list.fallback ? 'fallback' : 'reserve';
  for (const { track, score } of list.reserve)
    offer({ track, score, source, propensity: 1, because: [] });
  return { kept, removed };
}
