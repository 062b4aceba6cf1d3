import { weekMs, startsAt } from './config.ts';
import type { Diary } from './diary.ts';
import { kind } from './event-block.ts';
import { genres, holiday } from './genres.ts';
import type { World } from './world.ts';

/** What a generated world contains. Shares are of plays and skips together. */
export interface WorldSummary {
  readonly listeners: number;
  readonly bots: number;
  readonly recordings: number;
  readonly tracks: number;
  readonly artists: number;
  /** Play and skip events together: every start of a track. */
  readonly plays: number;
  readonly skips: number;
  readonly saves: number;
  readonly dislikes: number;
  readonly playlistAdds: number;
  readonly impressions: number;
  readonly botPlays: number;
  /** Distinct pairs of listener and recording among plays and skips. */
  readonly pairs: number;
  readonly listPlays: number;
  readonly offTasteSessions: number;
  /** Plays of listeners' own sessions outside shown lists, as a share of all plays. */
  readonly ownShare: number;
  readonly holidayShareByWeek: readonly number[];
  readonly genreShares: Readonly<Record<string, number>>;
  /** Share of plays that fall on the most played 1 % of recordings. */
  readonly topShare: number;
}

/** Counts what passes through the diary. */
export function summarise(world: World) {
  const { config, catalogue } = world;
  const kinds = new Float64Array(8);
  const byRecording = new Float64Array(catalogue.recordings.count);
  const byGenre = new Float64Array(genres.length);
  const weekPlays = new Float64Array(config.weeks);
  const weekHoliday = new Float64Array(config.weeks);
  const seen = new Set<number>();
  let [botPlays, listPlays, offTastePlays, offTasteSessions, pairs, last] = [0, 0, 0, 0, 0, -1];

  function count({ events, offTasteSessions: strange }: Diary): void {
    offTasteSessions += strange.length;
    const strangers = new Set<number>();
    const { listener, session } = strange.columns;
    listener.forEach((one, i) => strangers.add(one * 65_536 + (session[i] ?? 0)));
    for (let i = 0; i < events.length; i++) {
      const what = events.kind[i] ?? 0;
      kinds[what] = (kinds[what] ?? 0) + 1;
      if (what !== kind.play && what !== kind.skip) continue;
      const one = events.listener[i] ?? 0;
      const r = catalogue.releases.recording[events.track[i] ?? 0] ?? 0;
      const genre = catalogue.recordings.genre[r] ?? 0;
      const week = Math.floor(((events.ts[i] ?? 0) - startsAt(config)) / weekMs);
      byRecording[r] = (byRecording[r] ?? 0) + 1;
      byGenre[genre] = (byGenre[genre] ?? 0) + 1;
      weekPlays[week] = (weekPlays[week] ?? 0) + 1;
      if (genre === holiday) weekHoliday[week] = (weekHoliday[week] ?? 0) + 1;
      if (one >= world.botsFrom && one < world.plantedFrom) botPlays++;
      if ((events.slot[i] ?? -1) >= 0) listPlays++;
      if (strangers.has(one * 65_536 + (events.session[i] ?? 0))) offTastePlays++;
      if (one !== last) seen.clear();
      last = one;
      if (!seen.has(r)) pairs++;
      seen.add(r);
    }
  }

  function result(): WorldSummary {
    const of = (what: number) => kinds[what] ?? 0;
    const plays = of(kind.play) + of(kind.skip);
    const most = byRecording
      .toSorted()
      .toReversed()
      .subarray(0, Math.ceil(byRecording.length / 100));
    return {
      listeners: world.listenersTo,
      bots: config.bots,
      recordings: catalogue.recordings.count,
      tracks: catalogue.releases.count,
      artists: catalogue.artists.count,
      plays,
      skips: of(kind.skip),
      saves: of(kind.save),
      dislikes: of(kind.dislike),
      playlistAdds: of(kind.playlistAdd),
      impressions: of(kind.impression),
      botPlays,
      pairs,
      listPlays,
      offTasteSessions,
      ownShare: (plays - botPlays - listPlays - offTastePlays) / plays,
      holidayShareByWeek: Array.from(weekPlays, (all, w) =>
        all > 0 ? (weekHoliday[w] ?? 0) / all : 0,
      ),
      genreShares: Object.fromEntries(
        genres.map(({ name }, g) => [name, (byGenre[g] ?? 0) / plays]),
      ),
      topShare: most.reduce((a, b) => a + b, 0) / plays,
    };
  }

  return { count, result };
}
