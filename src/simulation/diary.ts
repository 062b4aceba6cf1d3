import { EventBlock } from './event-block.ts';
import type { World } from './world.ts';

/** A growing list of rows as columns of whole numbers; numbers must be below 2^53. */
export class Rows<Name extends string> {
  readonly columns: Readonly<Record<Name, number[]>>;
  private readonly names: readonly Name[];

  constructor(...names: Name[]) {
    this.names = names;
    // the keys are exactly `names`
    this.columns = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<
      Name,
      number[]
    >;
  }

  get length(): number {
    const [first] = this.names;
    return first === undefined ? 0 : this.columns[first].length;
  }

  /** Adds one row, values in the order of the names. */
  add(...values: readonly number[]): void {
    this.names.forEach((name, i) => this.columns[name].push(values[i] ?? 0));
  }

  clear(): void {
    for (const name of this.names) this.columns[name].length = 0;
  }
}

/** Where lives are written down: events for the service, and what only the truth may know. */
export class Diary {
  readonly events: EventBlock;
  /** Playlist = owner x theme; owner is a listener, or -1 for lists of the service. */
  readonly playlists = new Rows('owner', 'theme', 'track', 'position', 'added', 'kind');
  readonly offTasteSessions = new Rows('listener', 'session', 'kind');
  /** Recordings known before the period (as their original release). */
  readonly known = new Rows('listener', 'track');
  /** Every track of every delivered list, with what came of it within the week (0 or 1). */
  readonly delivered = new Rows('listener', 'track', 'slot', 'opened', 'played', 'liked', 'saved');
  private readonly world: World;
  private readonly lengths = new Map<number, number>();

  constructor(world: World, capacity: number) {
    this.world = world;
    this.events = new EventBlock(capacity);
  }

  offTaste(listener: number, session: number, sessionKind: number): void {
    this.offTasteSessions.add(listener, session, sessionKind);
  }

  /** Adds a track to the listener's playlist of its genre. */
  playlistTrack(owner: number, recording: number, track: number, addedMs: number): void {
    const theme = this.world.catalogue.recordings.genre[recording] ?? 0;
    const key = owner * 16 + theme;
    const position = this.lengths.get(key) ?? 0;
    this.lengths.set(key, position + 1);
    this.playlists.add(owner, theme, track, position, addedMs, 0);
  }

  knew(listener: number, recording: number): void {
    this.known.add(listener, this.world.catalogue.releases.from[recording] ?? 0);
  }

  /** Forgets all rows, unwritten. */
  clear(): void {
    this.events.clear();
    this.playlists.clear();
    this.offTasteSessions.clear();
    this.known.clear();
    this.delivered.clear();
    this.lengths.clear();
  }

  /** Forgets positions of finished listeners; call after each life. */
  endLife(): void {
    this.lengths.clear();
  }
}
