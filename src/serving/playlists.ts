import { ArtifactError, deliveryWeek, weekStart } from '../domain/index.ts';
import { type Pointer, type Store, inside, readManifest } from '../platform/index.ts';
import { type DecodedList, decodeList, filterList } from '../playlist/index.ts';
import { snapshotFiles } from '../lake/index.ts';
import { type GenerationInfo } from '../weekly/index.ts';
import { CatalogueView, type TrackView } from './catalogue-view.ts';
import { Histories } from './histories.ts';
import { reasonOf } from './reasons.ts';

/** A generation ready to answer. */
interface Live {
  readonly name: string;
  readonly info: GenerationInfo;
  readonly catalogue: CatalogueView;
  readonly histories: Histories;
}

export interface PlaylistQuery {
  readonly explain: boolean;
  readonly country: string | null;
  readonly explicit: boolean;
  readonly blockedArtists: readonly string[];
}

export interface PlaylistTrack extends TrackView {
  readonly position: number;
  readonly score: number;
  readonly source: string;
  readonly propensity: number;
  readonly reason?: string;
  readonly because?: readonly {
    readonly trackId: string;
    readonly title: string;
    readonly artist: string;
  }[];
}

export interface Playlist {
  readonly listener: string;
  readonly week: string;
  readonly generation: string;
  readonly status: 'ready' | 'carried_over' | 'fallback';
  readonly nextAt: string;
  readonly tracks: readonly PlaylistTrack[];
}

const length = 30;

/** Answers for listeners out of the live generation; follows the pointer, opens a generation once. */
export class Playlists {
  private readonly dataDir: string;
  private readonly store: Store;
  private readonly opened = new Map<string, Live>();

  constructor(dataDir: string, store: Store) {
    this.dataDir = dataDir;
    this.store = store;
  }

  /**
   * The generation shown at a time: the current one from `opensAt` on; before it the previous one,
   * if it is of an earlier week.
   */
  async live(now: number): Promise<Live | null> {
    const pointer = await this.store.pointer();
    if (pointer.current === null) return null;
    const current = await this.open(pointer.current, pointer);
    if (pointer.opensAt <= now || pointer.previous === null) return current;
    const previous = await this.open(pointer.previous, pointer);
    if (current === null || previous === null) return current ?? previous;
    return previous.info.week < current.info.week ? previous : current;
  }

  private async open(name: string, pointer: Pointer): Promise<Live | null> {
    const known = this.opened.get(name);
    if (known !== undefined) return known;
    const info = (await this.store.generations()).get(name) as unknown as
      | GenerationInfo
      | undefined;
    if (info === undefined) return null;
    const files = snapshotFiles(readManifest(inside(this.dataDir, info.snapshot)));
    const live = {
      name,
      info,
      catalogue: new CatalogueView(files.catalogue),
      histories: new Histories(files.listeners),
    };
    for (const old of this.opened.keys())
      if (old !== pointer.current && old !== pointer.previous) this.opened.delete(old);
    this.opened.set(name, live);
    return live;
  }

  /** A listener's playlist; strangers get what is much heard in their country. Null: nothing is published. */
  async get(listener: string, query: PlaylistQuery, now: number): Promise<Playlist | null> {
    const found = await this.find(listener, now);
    if (found === null) return null;
    const { live, value } = found;
    const { name, info, catalogue } = live;
    const country = query.country ?? (value === null ? '' : null);
    const list = value === null ? stranger(catalogue, country ?? '') : decodeList(value);
    requireKnown(list, catalogue.tracks, listener);
    const blocked = new Set(query.blockedArtists);
    const history = query.explain ? live.histories.of(listener) : new Uint32Array();
    const { kept } = filterList(list, {
      length,
      explicit: (t) => !query.explicit && catalogue.explicit[t] === 1,
      blocked: (t) =>
        blocked.size > 0 && blocked.has(catalogue.artistId(catalogue.artistOf[t] as number)),
      market: (t) =>
        !catalogue.availableAt(t, now) || (country !== null && !catalogue.inMarket(t, country)),
    });
    const week = info.week;
    const next = weekStart(deliveryWeek(now + 1));
    const late = weekStart(week as ReturnType<typeof deliveryWeek>) + 7 * 86_400_000 <= now;
    return {
      listener,
      week,
      generation: name,
      nextAt: new Date(next).toISOString(),
      status: list.fallback ? 'fallback' : late || list.carriedOver ? 'carried_over' : 'ready',
      tracks: kept.map((slot, i) => {
        const track = catalogue.track(slot.track);
        const shown = {
          position: i + 1,
          ...track,
          score: slot.score,
          source: slot.source,
          propensity: slot.propensity,
        };
        if (!query.explain) return shown;
        const because = slot.because
          .filter((position) => (history[position] ?? catalogue.tracks) < catalogue.tracks)
          .map((position) => catalogue.track(history[position] as number));
        return {
          ...shown,
          reason: reasonOf(slot.source, because, track),
          because: because.map(({ trackId, title, artist }) => ({ trackId, title, artist })),
        };
      }),
    };
  }

  /** A listener's list in the live generation. A generation dropped while it was read is not believed. */
  private async find(
    listener: string,
    now: number,
  ): Promise<{ live: Live; value: Uint8Array | null } | null> {
    for (;;) {
      const live = await this.live(now);
      if (live === null) return null;
      const value = await this.store.get(live.name, listener);
      if (value !== null || (await this.live(now))?.name === live.name) return { live, value };
    }
  }
}

function requireKnown(list: DecodedList, tracks: number, listener: string): void {
  if ([...list.tracks, ...list.reserve].every(({ track }) => track < tracks)) return;
  throw new ArtifactError(`The list of ${listener} names a track that its catalogue lacks.`, {
    code: 'artifact.mixed',
    remedy: 'Publish the week again.',
  });
}

function stranger(catalogue: CatalogueView, country: string): DecodedList {
  const popular = catalogue.popularIn(country);
  return {
    version: 1,
    fallback: true,
    carriedOver: false,
    week: '',
    tracks: popular
      .slice(0, length)
      .map((track) => ({ track, score: 0, source: 'fallback', propensity: 1, because: [] })),
    reserve: popular.slice(length).map((track) => ({ track, score: 0 })),
  };
}
