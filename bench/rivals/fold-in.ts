import { type OtherMethods } from '../../src/evaluation/index.ts';
import { type Rival, rivalRankings, runListenBrainz } from './listenbrainz.ts';

/** ListenBrainz's recipe for Protocol B: the judged listeners' known pairs are trained on with all others. */
export function foldInRival(seed: number, onGrid: (rival: Rival) => void): OtherMethods {
  return async (known, users) => {
    const indexOf = (names: Iterable<string>): Map<string, number> =>
      new Map([...new Set(names)].map((name, i) => [name, i]));
    const listeners = indexOf(known.map((pair) => pair.user));
    const tracks = indexOf(known.map((pair) => pair.track));
    const artists = indexOf(known.map((pair) => pair.artist));
    const artistOf = new Uint32Array(tracks.size);
    const rows = known.flatMap(({ user, track, artist, plays }) => {
      const t = tracks.get(track) as number;
      artistOf[t] = artists.get(artist) as number;
      return [listeners.get(user) as number, t, plays];
    });
    const judged = Uint32Array.from(users, (user) => listeners.get(user) as number);
    const rival = runListenBrainz(
      { rows: Uint32Array.from(rows), artists: artistOf, judged },
      seed,
      50,
    );
    onGrid(rival);
    const ids = [...tracks.keys()];
    const named = (lists: readonly (readonly number[])[]) =>
      new Map(users.map((user, i) => [user, (lists[i] ?? []).map((t) => ids[t] as string)]));
    return new Map(rivalRankings(rival).map(([name, lists]) => [name, named(lists)]));
  };
}
