import { Rng } from '../domain/index.ts';
import type { Charts } from './charts.ts';
import { dayMs, startsAt } from './config.ts';
import type { Diary } from './diary.ts';
import { subGenreCount } from './genres.ts';
import type { World } from './world.ts';

const editorial = 1;
const algorithmic = 2;
const editorialTracks = 40;
const mixTracks = 30;

/** Adds the service's own playlists: an editor's for each sub-genre, and an algorithm's three. */
export function servicePlaylists(world: World, charts: Charts, diary: Diary): void {
  const chart = charts.week(0);
  const addedMs = startsAt(world.config) - dayMs;
  const { recordings, releases } = world.catalogue;
  for (let s = 0; s < subGenreCount; s++) {
    for (let version = 0; version < 4; version++) {
      const kind = version === 0 ? editorial : algorithmic;
      const rng = new Rng(world.config.seed, 0xed17, s, version);
      const size = kind === editorial ? editorialTracks : mixTracks;
      const chosen = new Set<number>();
      for (let attempt = 0; attempt < size * 4 && chosen.size < size; attempt++) {
        const r = chart.popular(s, rng);
        // an editor passes over what is merely popular
        const passed = kind === editorial && (recordings.quality[r] ?? 0) < 0.55;
        if (r >= 0 && !passed) chosen.add(r);
      }
      [...chosen].forEach((r, position) => {
        const theme = kind === editorial ? s : s * 3 + version - 1;
        diary.playlists.add(-1, theme, releases.from[r] ?? 0, position, addedMs, kind);
      });
    }
  }
}
