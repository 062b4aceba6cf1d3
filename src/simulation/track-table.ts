import { dayMs, startsAt } from './config.ts';
import { energyLevels } from './contexts.ts';
import { labelNames, labelsOf } from './labels.ts';
import { artistNames, releaseTitle, titlesOf } from './names.ts';
import type { Column } from './parquet-writer.ts';
import { countries, languages } from './places.ts';
import { everywhere, forever } from './recordings.ts';
import { cell } from './sampling.ts';
import type { World } from './world.ts';

/** Albums of releases other than the original are numbered from here. */
const otherAlbums = 5_000_000;
const partRows = 200_000;

/**
 * The catalogue as the service sees it, part by part: `[rows, columns]`; of tracks that come out on
 * days from `fromDay` and before `toDay`.
 */
export function* trackTable(
  world: World,
  fromDay: number,
  toDay: number,
): Generator<readonly [number, readonly Column[]]> {
  const { artists, releases } = world.catalogue;
  const names = artistNames(world);
  let part = emptyPart();
  for (let a = 0; a < artists.count; a++) {
    const titles = titlesOf(world, a);
    const first = artists.recordingFrom[a] ?? 0;
    titles.forEach((title, i) => {
      const r = first + i;
      for (let t = releases.from[r] ?? 0; t < (releases.from[r + 1] ?? 0); t++) {
        const day = releases.released[t] ?? 0;
        if (day < fromDay || day >= toDay) continue;
        addTrack(part, world, t, r, releaseTitle(world, t, title), names[a] ?? '');
      }
    });
    if (part.track.length < partRows) continue;
    yield [part.track.length, columnsOf(part)];
    part = emptyPart();
  }
  yield [part.track.length, columnsOf(part)];
}

function emptyPart() {
  return {
    track: [] as number[],
    title: [] as string[],
    artist: [] as number[],
    artist_name: [] as string[],
    album: [] as number[],
    isrc: [] as (string | null)[],
    duration_ms: [] as number[],
    released: [] as number[],
    genres: [] as string[],
    language: [] as string[],
    explicit: [] as boolean[],
    tempo: [] as (number | null)[],
    key: [] as number[],
    energy: [] as (number | null)[],
    markets: [] as string[],
    available_from: [] as (number | null)[],
    available_until: [] as (number | null)[],
  };
}

type Part = ReturnType<typeof emptyPart>;

function columnsOf(part: Part): Column[] {
  const text = new Set(['title', 'artist_name', 'isrc', 'genres', 'language', 'markets']);
  const real = new Set(['tempo', 'energy']);
  return Object.entries(part).map(([name, values]) => ({
    name,
    type: text.has(name)
      ? 'VARCHAR'
      : real.has(name)
        ? 'DOUBLE'
        : name === 'explicit'
          ? 'BOOLEAN'
          : 'INTEGER',
    values,
  }));
}

function addTrack(
  part: Part,
  world: World,
  track: number,
  r: number,
  title: string,
  artist: string,
): void {
  const { config, catalogue } = world;
  const { recordings, releases } = catalogue;
  const original = releases.from[r] ?? 0;
  const isOriginal = track === original;
  const released = releases.released[track] ?? 0;
  const unmeasured = cell(config.seed ^ 0x50d, track, 0) % 100 < 4;
  const markets = recordings.markets[r] ?? everywhere;
  const until = recordings.until[r] ?? forever;
  part.track.push(track);
  part.title.push(title);
  part.artist.push(recordings.artist[r] ?? 0);
  part.artist_name.push(artist);
  part.album.push(isOriginal ? (recordings.album[r] ?? 0) : otherAlbums + track);
  part.isrc.push(isrc(world, releases.sameIsrc[track] === 1 ? original : track, track));
  part.duration_ms.push(releases.durationMs[track] ?? 0);
  part.released.push(released);
  part.genres.push(
    labelsOf(world, track)
      .map((label) => labelNames[label] ?? '')
      .join('|'),
  );
  part.language.push(languages[recordings.language[r] ?? 0] ?? '');
  part.explicit.push(recordings.explicit[r] === 1);
  part.tempo.push(unmeasured ? null : (recordings.tempo[r] ?? 0));
  part.key.push(unmeasured ? -1 : (recordings.key[r] ?? 0));
  part.energy.push(unmeasured ? null : ((recordings.energy[r] ?? 0) + 0.5) / energyLevels);
  part.markets.push(
    markets === everywhere
      ? ''
      : countries
          .filter((_, c) => ((markets >> c) & 1) === 1)
          .map((country) => country.code)
          .join('|'),
  );
  part.available_from.push(released * dayMs >= startsAt(config) ? released : null);
  part.available_until.push(until === forever ? null : until);
}

/** An ISRC of track `of`, unique in the world; missing for 2 % of the tracks. */
function isrc(world: World, of: number, track: number): string | null {
  if (cell(world.config.seed ^ 0x15c, track, 0) % 100 < 2) return null;
  const { artists, recordings, releases } = world.catalogue;
  const country =
    countries[artists.country[recordings.artist[releases.recording[of] ?? 0] ?? 0] ?? 0];
  const year = new Date((releases.released[of] ?? 0) * dayMs).getUTCFullYear() % 100;
  const registrant = (46_656 + Math.floor(of / 100_000)).toString(36).slice(-3).toUpperCase();
  const number = String(of % 100_000).padStart(5, '0');
  return `${country?.code ?? 'US'}${registrant}${String(year).padStart(2, '0')}${number}`;
}
