import { drawArtists, type Artists } from './artists.ts';
import type { FullConfig } from './config.ts';
import { subGenreCount } from './genres.ts';
import { drawRecordings, type Recordings } from './recordings.ts';
import { drawReleases, type Releases } from './releases.ts';
import { groupBy } from './sampling.ts';

/** All music of a world. */
export interface Catalogue {
  readonly artists: Artists;
  readonly recordings: Recordings;
  readonly releases: Releases;
  /** Recordings grouped by sub-genre. */
  readonly bySubGenre: { readonly from: Uint32Array; readonly order: Uint32Array };
}

/** Draws the whole catalogue: a pure function of the config. */
export function drawCatalogue(config: FullConfig): Catalogue {
  const artists = drawArtists(config);
  const recordings = drawRecordings(config, artists);
  const releases = drawReleases(config, recordings);
  return { artists, recordings, releases, bySubGenre: groupBy(recordings.subGenre, subGenreCount) };
}
