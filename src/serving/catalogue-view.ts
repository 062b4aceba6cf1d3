import { ArtifactError } from '../domain/index.ts';
import { ColFile, requireOffsets } from '../platform/index.ts';

/** A string column held as bytes; strings are decoded when asked for. */
class Strings {
  private readonly offsets: Uint32Array;
  private readonly bytes: Buffer;

  constructor(file: ColFile, name: string) {
    this.offsets = file.u32(`${name}.off`);
    const bytes = file.u8(`${name}.bytes`);
    requireOffsets(file.path, name, this.offsets, bytes.length);
    this.bytes = Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length);
  }

  at(i: number): string {
    return this.bytes.toString('utf8', this.offsets[i], this.offsets[i + 1]);
  }

  get length(): number {
    return this.offsets.length - 1;
  }
}

/** What the API shows of a track. */
export interface TrackView {
  readonly trackId: string;
  readonly title: string;
  readonly artistId: string;
  readonly artist: string;
  readonly durationMs: number | null;
  readonly explicit: boolean;
  readonly releasedOn: string | null;
}

const day = 86_400_000;
/** Days from 1970 that a date can hold; the smallest 32-bit number, beyond it, says "unknown". */
const latestDay = 100_000_000;

/** The catalogue of a generation's snapshot: the id map that its lists are decoded with. */
export class CatalogueView {
  readonly tracks: number;
  readonly artistOf: Uint32Array;
  readonly recordingOf: Uint32Array;
  readonly explicit: Uint8Array;
  private readonly trackIds: Strings;
  private readonly titles: Strings;
  private readonly artistIds: Strings;
  private readonly artistNames: Strings;
  private readonly durations: Uint32Array;
  private readonly released: Int32Array;
  private readonly marketOffsets: Uint32Array;
  private readonly marketCountries: Uint16Array;
  private readonly from: Uint32Array;
  private readonly until: Uint32Array;
  private readonly countries: readonly string[];
  private readonly popular: ReadonlyMap<string, readonly number[]>;

  constructor(path: string) {
    const file = ColFile.open(path);
    this.artistOf = file.u32('artist');
    this.recordingOf = file.u32('recording');
    this.explicit = file.u8('explicit');
    this.tracks = this.artistOf.length;
    this.trackIds = new Strings(file, 'track_id');
    this.titles = new Strings(file, 'title');
    this.artistIds = new Strings(file, 'artist.id');
    this.artistNames = new Strings(file, 'artist.name');
    this.durations = file.u32('duration');
    this.released = file.i32('released');
    this.marketOffsets = file.u32('market.off');
    this.marketCountries = file.u16('market.country');
    this.from = file.u32('from');
    this.until = file.u32('until');
    this.countries = file.strings('country.name');
    this.requireFit(file);
    this.popular = popularByCountry(file, this.countries);
  }

  /** Columns that do not fit each other would show one track under another's name. */
  private requireFit(file: ColFile): void {
    const { tracks } = this;
    const perTrack = [this.recordingOf, this.explicit, this.durations, this.released, this.from];
    const more = [this.until, file.u32('listeners_28d'), file.u32('listeners_all')];
    const artists = this.artistIds.length;
    const fits =
      [...perTrack, ...more, this.trackIds, this.titles].every(({ length }) => length === tracks) &&
      this.artistNames.length === artists &&
      this.artistOf.every((artist) => artist < artists) &&
      this.recordingOf.every((recording) => recording < tracks) &&
      this.marketOffsets.length === tracks + 1 &&
      file.length('country_track.off') === this.countries.length + 1 &&
      file.u32('country_track.track').every((track) => track < tracks) &&
      file.length('country_track.listeners') === file.length('country_track.track');
    if (!fits)
      throw new ArtifactError(`${file.path} is a catalogue whose columns do not fit each other.`, {
        code: 'col.invalid',
        remedy: 'Rebuild the snapshot it belongs to.',
      });
    requireOffsets(file.path, 'market', this.marketOffsets, this.marketCountries.length);
    const perCountry = file.u32('country_track.off');
    requireOffsets(file.path, 'country_track', perCountry, file.length('country_track.track'));
  }

  track(t: number): TrackView {
    const artist = this.artistOf[t] as number;
    const released = this.released[t] as number;
    const name = this.artistNames.at(artist);
    const title = this.titles.at(t);
    return {
      trackId: this.trackIds.at(t),
      title: title === '' ? this.trackIds.at(t) : title,
      artistId: this.artistIds.at(artist),
      artist: name === '' ? this.artistIds.at(artist) : name,
      durationMs: this.durations[t] === 0 ? null : (this.durations[t] as number),
      explicit: this.explicit[t] === 1,
      releasedOn:
        Math.abs(released) > latestDay ? null : new Date(released * day).toISOString().slice(0, 10),
    };
  }

  artistId(artist: number): string {
    return this.artistIds.at(artist);
  }

  /** Whether a track may be played in a country; an unknown country may play what is open everywhere. */
  inMarket(t: number, country: string): boolean {
    const from = this.marketOffsets[t] as number;
    const to = this.marketOffsets[t + 1] as number;
    return (
      from === to ||
      this.marketCountries.subarray(from, to).includes(this.countries.indexOf(country))
    );
  }

  /** Whether a track may be played at a time (epoch ms). */
  availableAt(t: number, now: number): boolean {
    const seconds = now / 1000;
    return (this.from[t] as number) <= seconds && seconds < (this.until[t] as number);
  }

  /** Most heard tracks (28 days) of a country, else of the world; one release per recording. */
  popularIn(country: string): readonly number[] {
    return this.popular.get(country) ?? this.popular.get('') ?? [];
  }
}

const depth = 200;

function popularByCountry(
  file: ColFile,
  countries: readonly string[],
): Map<string, readonly number[]> {
  const recording = file.u32('recording');
  const listeners = file.u32('listeners_28d');
  const all = file.u32('listeners_all');
  const world = Array.from(listeners, (_, t) => t).toSorted(
    (a, b) =>
      (listeners[b] as number) - (listeners[a] as number) ||
      (all[b] as number) - (all[a] as number) ||
      a - b,
  );
  const distinct = (tracks: Iterable<number>): number[] => {
    const seen = new Set<number>();
    const kept: number[] = [];
    for (const t of tracks) {
      if (kept.length === depth) break;
      if (seen.has(recording[t] as number)) continue;
      seen.add(recording[t] as number);
      kept.push(t);
    }
    return kept;
  };
  const offsets = file.u32('country_track.off');
  const tracks = file.u32('country_track.track');
  const heard = file.u32('country_track.listeners');
  const result = new Map<string, readonly number[]>();
  for (const [c, name] of countries.entries()) {
    const rows = Array.from(
      { length: (offsets[c + 1] as number) - (offsets[c] as number) },
      (_, i) => (offsets[c] as number) + i,
    );
    rows.sort(
      (a, b) =>
        (heard[b] as number) - (heard[a] as number) ||
        (tracks[a] as number) - (tracks[b] as number),
    );
    result.set(
      name,
      distinct([
        ...(name === '' ? [] : rows.map((row) => tracks[row] as number)),
        ...world.slice(0, 4 * depth),
      ]),
    );
  }
  return result.has('') ? result : result.set('', distinct(world.slice(0, 4 * depth)));
}
