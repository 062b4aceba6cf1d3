/** Kinds of an event; the column holds the number, `tables.sql` the names of the generic input. */
export const kind = {
  play: 0,
  skip: 1,
  save: 2,
  unsave: 3,
  playlistAdd: 4,
  dislike: 5,
  impression: 6,
} as const;

/** What surrounds an event: who, in which session, doing what, on what. */
export interface Setting {
  listener: number;
  country: number;
  session: number;
  context: number;
  device: number;
}

/** A block of events as columns, filled, written and cleared again. `none` stands for null. */
export class EventBlock {
  static readonly none = -1;
  readonly capacity: number;
  length = 0;
  readonly listener: Int32Array;
  readonly track: Int32Array;
  readonly ts: Float64Array;
  readonly kind: Int8Array;
  readonly msPlayed: Int32Array;
  readonly country: Int8Array;
  readonly device: Int8Array;
  readonly context: Int8Array;
  readonly session: Int32Array;
  /** Week of the shown list. */
  readonly list: Int16Array;
  readonly slot: Int8Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.listener = new Int32Array(capacity);
    this.track = new Int32Array(capacity);
    this.ts = new Float64Array(capacity);
    this.kind = new Int8Array(capacity);
    this.msPlayed = new Int32Array(capacity);
    this.country = new Int8Array(capacity);
    this.device = new Int8Array(capacity);
    this.context = new Int8Array(capacity);
    this.session = new Int32Array(capacity);
    this.list = new Int16Array(capacity);
    this.slot = new Int8Array(capacity);
  }

  /** Adds one event; `ts` in epoch milliseconds, `track` a release. The block must have room. */
  add(
    at: Setting,
    track: number,
    ts: number,
    eventKind: number,
    msPlayed: number = EventBlock.none,
    list: number = EventBlock.none,
    slot: number = EventBlock.none,
  ): void {
    const i = this.length++;
    if (i >= this.capacity) throw new RangeError('the event block is full');
    this.listener[i] = at.listener;
    this.track[i] = track;
    this.ts[i] = ts;
    this.kind[i] = eventKind;
    this.msPlayed[i] = msPlayed;
    this.country[i] = at.country;
    this.device[i] = at.device;
    this.context[i] = at.context;
    this.session[i] = at.session;
    this.list[i] = list;
    this.slot[i] = slot;
  }

  clear(): void {
    this.length = 0;
  }
}
