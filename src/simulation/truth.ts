import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArtifactError, NotFoundError } from '../domain/index.ts';
import { Ear } from './affinity.ts';
import { boughtBy } from './bots.ts';
import { Charts } from './charts.ts';
import { dayMs, type WorldConfig } from './config.ts';
import { isAvailable } from './discovery.ts';
import { firstLibraryOf } from './first-library.ts';
import { genres } from './genres.ts';
import { listenerAt } from './people.ts';
import { countries } from './places.ts';
import { weeklyHolidayPull } from './season.ts';
import type { WorldSummary } from './summary.ts';
import { drawWorld, type World } from './world.ts';

/** One entry of the oracle's list. */
export interface OracleTrack {
  readonly track: number;
  readonly affinity: number;
}

const keptEars = 512;
const sampledListeners = 20_000;
/** Share of plays in listeners' own sessions outside shown lists, where no world was generated. */
const usualOwnShare = 0.91;

/**
 * What is true in a world, with random access: nothing is read but the config. A track is a row
 * of `tracks` (a release), by its index; a listener is a row of `listeners`.
 */
export class Truth {
  readonly world: World;
  private readonly ownShare: number;
  private readonly ears = new Map<number, Ear>();
  private charts: Charts | undefined;

  constructor(world: World, ownShare: number) {
    this.world = world;
    this.ownShare = ownShare;
  }

  get trackCount(): number {
    return this.world.catalogue.releases.count;
  }

  get listenerCount(): number {
    return this.world.listenersTo;
  }

  /** Index of a `track_id`; NotFoundError if the world has no such track. */
  trackIndex(trackId: string): number {
    const index = /^t\d{7}$/.test(trackId) ? Number(trackId.slice(1)) : -1;
    if (index >= 0 && index < this.trackCount) return index;
    throw new NotFoundError(`The world has no track ${trackId}.`, { code: 'world.track' });
  }

  /** Index of a `user_id`; NotFoundError if the world has no such listener. */
  listenerIndex(userId: string): number {
    const [, usual, planted] = /^(?:u(\d{7})|planted-8020-(\d\d))$/.exec(userId) ?? [];
    const index =
      usual === undefined ? this.world.plantedFrom + Number(planted) - 1 : Number(usual);
    const from = usual === undefined ? this.world.plantedFrom : 0;
    const to = usual === undefined ? this.listenerCount : this.world.plantedFrom;
    if (index >= from && index < to) return index;
    throw new NotFoundError(`The world has no listener ${userId}.`, { code: 'world.listener' });
  }

  trackId(track: number): string {
    return `t${String(track).padStart(7, '0')}`;
  }

  listenerId(listener: number): string {
    const { plantedFrom } = this.world;
    return listener < plantedFrom
      ? `u${String(listener).padStart(7, '0')}`
      : `planted-8020-${String(listener - plantedFrom + 1).padStart(2, '0')}`;
  }

  /** All releases of the recording of a track, the original (smallest id) first. */
  releasesOf(track: number): number[] {
    const { from, recording } = this.world.catalogue.releases;
    const r = recording[track] ?? 0;
    const first = from[r] ?? 0;
    return Array.from({ length: (from[r + 1] ?? first) - first }, (_, i) => first + i);
  }

  genreOf(track: number): string {
    const { recordings, releases } = this.world.catalogue;
    return genres[recordings.genre[releases.recording[track] ?? 0] ?? 0]?.name ?? '';
  }

  countryOf(listener: number): string {
    return countries[this.ear(listener).listener.country]?.code ?? '';
  }

  isBot(listener: number): boolean {
    return listener >= this.world.botsFrom && listener < this.world.plantedFrom;
  }

  /** Tracks whose plays were bought, ascending. */
  boughtTracks(): number[] {
    const { botsFrom, plantedFrom, catalogue } = this.world;
    const bought = new Set<number>();
    for (let bot = botsFrom; bot < plantedFrom; bot++) {
      for (const r of boughtBy(this.world, bot)) bought.add(catalogue.releases.from[r] ?? 0);
    }
    return [...bought].toSorted((a, b) => a - b);
  }

  /** Original releases of what a listener knew before the period (also in `truth/known`). */
  knownBefore(listener: number): number[] {
    if (listener >= this.world.botsFrom) return [];
    this.charts ??= new Charts(this.world);
    const known = firstLibraryOf(
      this.world,
      this.charts.week(0),
      new Ear(this.world, listenerAt(this.world, listener)),
    );
    return known.liked.map((r) => this.world.catalogue.releases.from[r] ?? 0);
  }

  /**
   * Probability that the listener would like this track (play it to its end, or save it) if it was
   * met for the first time in the week of `atMs`, averaged over the listener's contexts. Nothing
   * is said about bots: theirs is that of the person they pose as.
   */
  affinity(listener: number, track: number, atMs: number): number {
    const ear = this.ear(listener);
    ear.at(atMs);
    return ear.likes(this.world.catalogue.releases.recording[track] ?? 0);
  }

  /**
   * The oracle: the `n` best tracks at `atMs`, best first, ties by index, one release (the
   * original) of a recording, none of whose releases is in `heard`, out and available there.
   */
  bestUnheard(
    listener: number,
    heard: ReadonlySet<number>,
    n: number,
    atMs: number,
  ): OracleTrack[] {
    const { releases, recordings } = this.world.catalogue;
    const ear = this.ear(listener);
    ear.at(atMs);
    const day = Math.floor(atMs / dayMs);
    const known = new Set(Array.from(heard, (track) => releases.recording[track] ?? 0));
    const best: OracleTrack[] = [];
    for (let r = 0; r < recordings.count; r++) {
      const affinity = ear.likes(r);
      if (best.length === n && affinity <= (best.at(-1)?.affinity ?? 1)) continue;
      if (known.has(r) || !isAvailable(this.world, r, ear.listener.country, day)) continue;
      let at = best.length;
      while (at > 0 && affinity > (best[at - 1]?.affinity ?? 1)) at--;
      best.splice(at, 0, { track: releases.from[r] ?? 0, affinity });
      if (best.length > n) best.pop();
    }
    return best;
  }

  /** Expected share of plays that are holiday music in the week that begins at `atMs`. */
  expectedHolidayShare(atMs: number): number {
    const { config } = this.world;
    const count = Math.min(config.listeners, sampledListeners);
    let love = 0;
    let activity = 0;
    for (let i = 0; i < count; i++) {
      const listener = listenerAt(this.world, i);
      if (listener.joinedMs > atMs) continue;
      love += listener.activity * listener.holidayLove;
      activity += listener.activity;
    }
    return activity === 0 ? 0 : (this.ownShare * weeklyHolidayPull(atMs) * love) / activity;
  }

  private ear(listener: number): Ear {
    const kept = this.ears.get(listener);
    if (kept) return kept;
    if (listener < 0 || listener >= this.listenerCount) {
      throw new NotFoundError(`The world has no listener number ${listener}.`, {
        code: 'world.listener',
      });
    }
    if (this.ears.size >= keptEars) this.ears.clear();
    const ear = new Ear(this.world, listenerAt(this.world, listener));
    this.ears.set(listener, ear);
    return ear;
  }
}

/** Opens the truth of a generated world by its folder, or of any world by its config. */
export function openTruth(source: string | WorldConfig): Truth {
  if (typeof source !== 'string') return new Truth(drawWorld(source), usualOwnShare);
  const path = join(source, 'truth', 'world.json');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ArtifactError(`${source} is not a generated world.`, {
      code: 'world.missing',
      remedy: 'Generate one with `deepcuts world new`.',
      cause,
    });
  }
  // written by generateWorld
  const { config, summary } = JSON.parse(text) as { config: WorldConfig; summary: WorldSummary };
  return new Truth(drawWorld(config), summary.ownShare);
}
