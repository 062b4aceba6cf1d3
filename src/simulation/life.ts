import { mix, Rng } from '../domain/index.ts';
import { Ear } from './affinity.ts';
import type { Charts, WeekChart } from './charts.ts';
import { dayMs, startsAt, weekMs } from './config.ts';
import type { Diary } from './diary.ts';
import { discover, following, holidaySubGenre } from './discovery.ts';
import { kind, type Setting } from './event-block.ts';
import { holiday } from './genres.ts';
import type { Memory } from './memory.ts';
import { firstLibraryOf } from './first-library.ts';
import { OffTaste } from './off-taste.ts';
import {
  type Outcome,
  clickChance,
  examinationChance,
  gesture,
  msPlayed,
  passesKnown,
} from './reaction.ts';
import { releasePlayed } from './releases.ts';
import { drawIndex } from './sampling.ts';
import { holidayPull } from './season.ts';
import { planSessions, sessionKinds, type Session } from './sessions.ts';
import { shownList } from './shown-list.ts';
import { listenerAt } from './people.ts';
import type { World } from './world.ts';

/** What can come of a delivered track; a save is one, or an addition to a playlist. */
const outcomeBits = { played: 1, liked: 2, saved: 4 } as const;

/** Share of picks that follow what was just played, and of the rest that are replays. */
const follows = 0.2;
const mostReplays = 0.4;
const fewerReplays = 0.28;

/**
 * One listener's life of sessions. Weeks are lived in order; given the charts, a life is a pure
 * function of (world, listener), whoever else is simulated.
 */
export class Life {
  readonly ear: Ear;
  readonly memory: Memory;
  private readonly world: World;
  private readonly charts: Charts;
  private readonly playsPerWeek: number;
  private readonly setting: Setting;
  private readonly releaseTaste: number;
  private readonly offTaste: OffTaste;
  private sessions = 0;
  private rng = new Rng(0);
  private ms = 0;
  private inSeason = false;
  private opened = false;
  /** What came of each slot of the delivered list this week. */
  private readonly outcomes = new Uint8Array(128);
  private readonly strengths: readonly number[];

  constructor(world: World, charts: Charts, index: number, meanPlaysPerWeek: number) {
    this.world = world;
    this.charts = charts;
    const listener = listenerAt(world, index);
    this.ear = new Ear(world, listener);
    this.playsPerWeek = meanPlaysPerWeek * listener.activity;
    this.setting = {
      listener: index,
      country: listener.country,
      session: 0,
      context: 0,
      device: 0,
    };
    this.strengths = listener.tastes.map((taste) => taste.strength);
    this.releaseTaste = mix(mix(index) ^ world.config.seed);
    this.memory = firstLibraryOf(world, charts.week(0), this.ear);
    this.offTaste = new OffTaste(world, listener);
  }

  /** Writes down what was known before the period: for the truth, and as older playlists. */
  begin(diary: Diary): void {
    const { listener } = this.ear;
    const { releases } = this.world.catalogue;
    const beganMs = startsAt(this.world.config);
    this.memory.liked.forEach((r, i) => {
      diary.knew(listener.index, r);
      if (!listener.makesPlaylists || i % 3 !== 0) return;
      const addedMs = Math.max(listener.joinedMs, beganMs - (i + 1) * 3 * dayMs);
      diary.playlistTrack(listener.index, r, releases.from[r] ?? 0, addedMs);
    });
  }

  /**
   * Lives week `week` (from 0) and writes it to the diary. `delivered`: tracks of the list that waits
   * for the listener, best first; null: none; undefined: the service shows one of its own.
   */
  live(week: number, diary: Diary, delivered?: readonly number[] | null): void {
    const { config } = this.world;
    const { listener } = this.ear;
    const fromMs = startsAt(config) + week * weekMs;
    if (listener.joinedMs >= fromMs + weekMs) return;
    const chart = this.charts.week(week);
    this.rng = new Rng(config.seed, 0x11ff, listener.index, week);
    this.ear.at(fromMs);
    let opensList = this.rng.uniform() < listener.opensLists && delivered !== null;
    this.outcomes.fill(0);
    this.opened = false;
    this.ms = fromMs;
    this.inSeason = holidayPull(fromMs) > 0 || holidayPull(fromMs + weekMs) > 0;
    for (const session of planSessions(this.rng, listener, fromMs, this.playsPerWeek, week)) {
      this.ms = Math.max(session.startMs, this.ms + 60_000);
      this.setting.session = this.sessions++;
      this.setting.context = session.context;
      this.setting.device = session.device;
      const endMs = fromMs + weekMs;
      if (session.kind !== 'own') {
        diary.offTaste(listener.index, this.setting.session, sessionKinds.indexOf(session.kind));
        this.liveElse(session, chart, diary, endMs);
        continue;
      }
      if (opensList && this.ms < endMs) {
        if (delivered === undefined || delivered === null)
          this.openShown(chart, week, diary, endMs);
        else this.openDelivered(delivered, week, diary, endMs);
      }
      opensList = false;
      this.liveOwn(session, chart, diary, endMs);
    }
    if (delivered === undefined || delivered === null) return;
    delivered.forEach((track, slot) => {
      const { played, liked, saved } = outcomeBits;
      const bits = this.outcomes[slot] ?? 0;
      diary.delivered.add(
        listener.index,
        track,
        slot,
        Number(this.opened),
        Number((bits & played) > 0),
        Number((bits & liked) > 0),
        Number((bits & saved) > 0),
      );
    });
  }

  private liveOwn(session: Session, chart: WeekChart, diary: Diary, endMs: number): void {
    const { rng, memory } = this;
    const { tastes, holidayLove, adventurousness } = this.ear.listener;
    const { recordings } = this.world.catalogue;
    const taste = tastes[drawIndex(rng, this.strengths)];
    const subGenre = taste?.subGenre ?? 0;
    const replays = mostReplays - fewerReplays * adventurousness;
    let last = -1;
    for (let n = session.plays; n > 0 && this.ms < endMs; n--) {
      const day = Math.floor(this.ms / dayMs);
      let r = -1;
      if (this.inSeason && rng.uniform() < holidayPull(this.ms) * holidayLove)
        r = this.pickHoliday(chart);
      else if (last >= 0 && rng.uniform() < follows) r = following(this.world, last, rng);
      else if (rng.uniform() < replays) {
        r = memory.recall(rng);
        if (recordings.genre[r] !== recordings.genre[last]) r = memory.recall(rng);
      }
      if (r >= 0 && (recordings.released[r] ?? 0) > day) r = -1;
      if (r < 0) r = discover(this.world, chart, this.ear, memory, subGenre, rng, day);
      if (r < 0) r = memory.recall(rng);
      if (r < 0) continue;
      if (memory.heard.has(r)) this.replay(r, diary);
      else this.meet(r, diary);
      last = recordings.genre[r] === holiday ? -1 : r;
    }
  }

  private pickHoliday(chart: WeekChart): number {
    const { rng, memory } = this;
    if (memory.likedHoliday.length > 0 && rng.uniform() < 0.55) return memory.recallHoliday(rng);
    const subGenre = holidaySubGenre(this.world, rng);
    return subGenre < 0 ? -1 : chart.popular(subGenre, rng);
  }

  /** A recording that is known: heard out, or passed over for another. */
  private replay(r: number, diary: Diary): void {
    const { rng, memory, setting } = this;
    const track = this.release(r);
    const startMs = this.ms;
    this.play(track, rng.uniform() < passesKnown ? 'passed' : 'whole', diary);
    if (rng.uniform() < 0.004 && !memory.saved.has(r)) {
      memory.saved.add(r);
      diary.events.add(setting, track, startMs + 5000, kind.save);
    } else if (memory.saved.has(r) && rng.uniform() < 0.002) {
      memory.saved.delete(r);
      diary.events.add(setting, track, startMs + 5000, kind.unsave);
    }
  }

  /** A recording never heard before: the truth decides. Returns what came of it, as `outcomeBits`. */
  private meet(
    r: number,
    diary: Diary,
    list = -1,
    slot = -1,
    track: number = this.release(r),
  ): number {
    const { rng, memory, setting, ear } = this;
    const isHoliday = this.world.catalogue.recordings.genre[r] === holiday;
    const likes = ear.likesIn(r, setting.context);
    const liked = rng.uniform() < likes;
    const startMs = this.ms;
    const ms = this.play(track, liked ? 'whole' : 'disliked', diary, list, slot);
    if (liked) memory.learn(r, isHoliday);
    else memory.heard.add(r);
    const done = gesture(rng, liked, likes, ear.listener.makesPlaylists);
    const heard = outcomeBits.played | (liked ? outcomeBits.liked : 0);
    if (done === 'none') return heard;
    if (done === 'save') memory.saved.add(r);
    diary.events.add(
      setting,
      track,
      startMs + Math.max(500, Math.round(ms * 0.8)),
      kind[done],
      -1,
      list,
      slot,
    );
    if (done === 'playlistAdd') diary.playlistTrack(ear.listener.index, r, track, startMs);
    return done === 'dislike' ? heard : heard | outcomeBits.saved;
  }

  /** The delivered list, looked through like any other; what has become known since is passed over. */
  private openDelivered(
    tracks: readonly number[],
    week: number,
    diary: Diary,
    endMs: number,
  ): void {
    const { rng, setting, memory } = this;
    const { recording } = this.world.catalogue.releases;
    this.opened = true;
    tracks.forEach((track, slot) =>
      diary.events.add(setting, track, this.ms, kind.impression, -1, week, slot),
    );
    this.ms += 2000;
    tracks.forEach((track, slot) => {
      const r = recording[track] ?? 0;
      if (rng.uniform() >= examinationChance(slot) || this.ms >= endMs) return;
      if (rng.uniform() >= clickChance(this.ear.likes(r)) || memory.heard.has(r)) return;
      this.outcomes[slot] = this.meet(r, diary, week, slot, track);
    });
  }

  private openShown(chart: WeekChart, week: number, diary: Diary, endMs: number): void {
    const { rng, setting } = this;
    const day = Math.floor(this.ms / dayMs);
    const list = shownList(this.world, chart, this.memory, setting.country, day, rng);
    list.forEach((r, slot) =>
      diary.events.add(setting, this.release(r), this.ms, kind.impression, -1, week, slot),
    );
    this.ms += 2000;
    list.forEach((r, slot) => {
      if (rng.uniform() >= examinationChance(slot) || this.ms >= endMs) return;
      if (rng.uniform() < clickChance(this.ear.likes(r))) this.meet(r, diary, week, slot);
    });
  }

  private liveElse(session: Session, chart: WeekChart, diary: Diary, endMs: number): void {
    const { rng, memory } = this;
    for (let n = session.plays; n > 0 && this.ms < endMs; n--) {
      const r = this.offTaste.pick(session.kind, chart, Math.floor(this.ms / dayMs), rng);
      if (r < 0) return;
      memory.heard.add(r);
      this.play(this.release(r), rng.uniform() < 0.9 ? 'whole' : 'disliked', diary);
    }
  }

  private play(track: number, outcome: Outcome, diary: Diary, list = -1, slot = -1): number {
    const duration = this.world.catalogue.releases.durationMs[track] ?? 0;
    const ms = msPlayed(this.rng, duration, outcome);
    const what = outcome === 'whole' ? kind.play : kind.skip;
    diary.events.add(this.setting, track, this.ms, what, ms, list, slot);
    this.ms += ms + 500 + this.rng.below(1500);
    return ms;
  }

  private release(r: number): number {
    const taste = mix(this.releaseTaste ^ r);
    return releasePlayed(this.world.catalogue.releases, r, taste, Math.floor(this.ms / dayMs));
  }
}
