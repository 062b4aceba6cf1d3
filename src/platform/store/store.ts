import { type Json } from '../artifacts/index.ts';

/** Which generation is read. `epoch` grows by one with every flip. */
export interface Pointer {
  readonly current: string | null;
  readonly previous: string | null;
  /** Epoch ms from which the current generation may be shown. */
  readonly opensAt: number;
  readonly epoch: number;
}

export interface Entry {
  readonly key: string;
  readonly value: Uint8Array;
}

/** Takes a generation's entries; nothing of it counts before `finish`. */
export interface GenerationWriter {
  put(entries: readonly Entry[]): Promise<void>;
  /** Marks the generation complete, with what readers need to decode it; returns its entries. */
  finish(info: Json): Promise<number>;
}

/**
 * Lists by listener, whole generations at a time. A generation is loaded beside the live one and
 * becomes visible by one atomic flip of the pointer; readers see exactly one.
 */
export interface Store {
  pointer(): Promise<Pointer>;
  /** Sets the pointer if its epoch is still `expected`; false when somebody else was first. */
  flip(expected: number, next: Omit<Pointer, 'epoch'>): Promise<boolean>;
  /** Starts a generation afresh; what an earlier, unfinished load left under its name is dropped. */
  begin(generation: string): Promise<GenerationWriter>;
  /** Finished generations with their info, in name order. */
  generations(): Promise<ReadonlyMap<string, Json>>;
  get(generation: string, key: string): Promise<Uint8Array | null>;
  count(generation: string): Promise<number>;
  /** Takes keys out of every generation; unfinished ones are dropped. Returns the entries taken out. */
  remove(keys: readonly string[]): Promise<number>;
  /** Drops every generation that is not named, unfinished ones too. */
  keepOnly(generations: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export const emptyPointer: Pointer = { current: null, previous: null, opensAt: 0, epoch: 0 };
