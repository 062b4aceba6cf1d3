import { Rng, hashString } from '../../domain/index.ts';
import { dayMs } from '../config.ts';
import { type AttackLog, type Setting } from './attack-log.ts';
import { type Family } from './families.ts';
import { type Person, type SeenSession, type SeenTrack, type WorldView } from './world-view.ts';

/** What one family works with: its own randomness, people that no other family touches, a log. */
export class Scene {
  readonly log: AttackLog;
  readonly accounts: number;
  readonly rng: Rng;
  private readonly view: WorldView;
  private readonly family: Family;
  private readonly seed: number;
  private readonly victims: readonly Person[];
  private taken = 0;

  constructor(
    view: WorldView,
    family: Family,
    log: AttackLog,
    options: {
      readonly seed: number;
      readonly accounts: number;
      readonly people: readonly Person[];
    },
  ) {
    this.view = view;
    this.family = family;
    this.log = log;
    this.accounts = options.accounts;
    this.seed = options.seed;
    this.victims = options.people;
    this.rng = this.of(-1);
  }

  /** Randomness of the family's account `i`. */
  of(i: number): Rng {
    return new Rng(this.seed, 0xa77ac, hashString(this.family.name), i);
  }

  /** Midnight (UTC) `days` before the end. */
  day(days: number): number {
    return Math.floor(this.view.config.endsAt / dayMs - days) * dayMs;
  }

  newcomer(country: string): string {
    return this.log.newcomer(this.family, country, this.day(42));
  }

  /** The next person of the family's own; their account is marked as attacked. */
  victim(): Person {
    const person = this.donor();
    this.log.account(this.family, person.id);
    return person;
  }

  /** The next person of the family's own, to take music from. */
  donor(): Person {
    const person = this.victims[this.taken++ % this.victims.length];
    if (person === undefined) throw new RangeError('nobody in this world has a history');
    return person;
  }

  /** A new session of an account. */
  at(user: string, country: string, device: string, context = ''): Setting {
    return { user, country, device, context, session: this.log.session(this.family, user) };
  }

  /** Tracks of some artists that few people play, at most `most`. */
  smallArtists(rng: Rng, artists: number, most: number): readonly SeenTrack[] {
    const byArtist = new Map<string, SeenTrack[]>();
    for (const track of this.view.tracks) {
      const of = byArtist.get(track.artist) ?? [];
      byArtist.set(track.artist, [...of, track]);
    }
    const names = [...byArtist.keys()];
    const small = names.slice(Math.floor(names.length / 2));
    const each = Math.ceil(most / artists);
    const chosen: SeenTrack[] = [];
    for (let n = 0; n < artists; n++)
      chosen.push(...(byArtist.get(small[rng.below(small.length)] ?? '') ?? []).slice(0, each));
    return chosen.slice(0, most);
  }

  /** A track of the charts, the first ones likelier. */
  hit(rng: Rng): SeenTrack {
    const place = Math.floor(rng.uniform() ** 2 * Math.min(200, this.view.tracks.length));
    return this.view.tracks[place] as SeenTrack;
  }

  /** Popular tracks that pass a test, at most `most`. */
  tracksThat(test: (track: SeenTrack) => boolean, most: number): readonly SeenTrack[] {
    return this.view.tracks.filter(test).slice(0, most);
  }

  /** The person's tracks, most played first. */
  libraryOf({ sessions }: Person): readonly SeenTrack[] {
    const counts = new Map<string, number>();
    for (const { plays } of sessions)
      for (const { track } of plays) counts.set(track, (counts.get(track) ?? 0) + 1);
    return this.view.tracks
      .filter(({ id }) => counts.has(id))
      .toSorted((a, b) => (counts.get(b.id) ?? 0) - (counts.get(a.id) ?? 0));
  }

  /** Sessions of the person that say something: at least `least` plays. */
  sessionsOf({ sessions }: Person, least: number): readonly SeenSession[] {
    const long = sessions.filter(({ plays }) => plays.length >= least);
    return long.length > 0 ? long : sessions;
  }
}
