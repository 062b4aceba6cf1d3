import { weekMs } from './config.ts';
import { energyFit, energyLevels, meanEnergyFit } from './contexts.ts';
import { children, holiday, subGenreCount } from './genres.ts';
import { noSubGenre } from './artists.ts';
import type { Listener } from './listeners.ts';
import { plantedSide } from './planted-region.ts';
import { cell } from './sampling.ts';
import { holidayPull } from './season.ts';
import type { World } from './world.ts';

const floor = 0.02;
const span = 0.93;
/** A kernel below this is no liking at all: taste has an edge. */
const kernelEdge = 0.12;
const driftRadius = 0.12;
const driftWeeks = 40;

/**
 * The truth: how likely a listener is to like (play to its end, or save) a recording never heard
 * before. Built so that no sum of products represents it:
 *
 * - the best of one to four tastes counts, not their sum; a taste is a Gaussian kernel around a
 *   place in the sound space, cut off at an edge, in those sub-genres it reaches by hash, and
 *   within an era; the place moves on a slow circle, week by week;
 * - hits please the mainstream in half of the genres, whatever else its tastes;
 * - being a fan of an artist (3 %), or tired of one (4 %), is a hash of the pair;
 * - language x adventurousness, and minor key x mood x energy, are parities;
 * - a logistic step turns the product into liking; the energy that fits the context scales it;
 * - holiday music has its own love and its season; what is explicit can be refused.
 *
 * Call `at` before asking. All answers are pure functions of (world, listener, recording, week).
 */
export class Ear {
  readonly listener: Listener;
  private readonly world: World;
  /** strength x reach of taste k to sub-genre s. */
  private readonly grip: Float32Array;
  private readonly centre: Float64Array;
  private readonly sharpness: Float64Array;
  private readonly meanFit: Float32Array;
  private readonly adventurous: boolean;
  private today = 0;
  private pull = 0;

  constructor(world: World, listener: Listener) {
    this.world = world;
    this.listener = listener;
    const { tastes } = listener;
    this.grip = new Float32Array(tastes.length * subGenreCount);
    this.centre = new Float64Array(tastes.length * 3);
    this.sharpness = Float64Array.from(tastes, (taste) => 1 / (2 * taste.width ** 2));
    tastes.forEach((taste, k) => {
      for (let s = 0; s < subGenreCount; s++) {
        const reach = world.reach[taste.subGenre * subGenreCount + s] ?? 0;
        this.grip[k * subGenreCount + s] = taste.strength * reach;
      }
    });
    this.meanFit = meanEnergyFit(listener.contextMix, listener.energyShift);
    this.adventurous = listener.adventurousness > 0.5;
  }

  /** Moves the ear to the week of an instant. */
  at(atMs: number): void {
    const week = Math.floor(atMs / weekMs);
    this.today = Math.floor(atMs / 86_400_000);
    this.pull = holidayPull(atMs);
    this.listener.tastes.forEach((taste, k) => {
      const angle = taste.phase + (2 * Math.PI * week) / driftWeeks;
      this.centre[k * 3] = taste.centre[0] + driftRadius * Math.cos(angle);
      this.centre[k * 3 + 1] = taste.centre[1] + driftRadius * Math.sin(angle);
      this.centre[k * 3 + 2] = taste.centre[2];
    });
  }

  /** Probability of liking, averaged over the contexts the listener has. */
  likes(r: number): number {
    const { recordings } = this.world.catalogue;
    const core = this.core(r);
    if (core <= 0) return -core;
    const genre = recordings.genre[r] ?? 0;
    return (
      floor + span * core * (this.meanFit[genre * energyLevels + (recordings.energy[r] ?? 0)] ?? 0)
    );
  }

  /** Probability of liking while in one context; its mean over the context mix is `likes`. */
  likesIn(r: number, context: number): number {
    const { recordings } = this.world.catalogue;
    const core = this.core(r);
    if (core <= 0) return -core;
    const genre = recordings.genre[r] ?? 0;
    const level = recordings.energy[r] ?? 0;
    return floor + span * core * energyFit(context, genre, level, this.listener.energyShift);
  }

  /** Liking before the context in (0, 1]; a fixed probability is returned negated. */
  private core(r: number): number {
    const { listener, world } = this;
    const { recordings } = world.catalogue;
    const genre = recordings.genre[r] ?? 0;
    if (recordings.explicit[r] === 1 && !listener.explicitOk) return -0.005;
    if (genre === holiday)
      return this.pull > 0
        ? -0.03 - 0.7 * listener.holidayLove * (recordings.quality[r] ?? 0)
        : -0.003;
    let match = this.match(r);
    const artist = recordings.artist[r] ?? 0;
    const bond = cell(world.config.seed ^ 0xfa4, listener.index, artist) % 1000;
    if (bond < 30 && match !== 0) match = Math.max(match, 0.8);
    if (match < 0) match = 0;
    if (
      recordings.hit[r] === 1 &&
      cell(world.config.seed ^ 0x417, listener.index, genre) % 2 === 0
    ) {
      match = Math.max(match, 0.75 * listener.mainstream);
    }
    if (bond >= 960) match *= 0.15;
    if (world.config.planted) {
      const side = plantedSide(listener.country, genre);
      if (side > 0) match = Math.max(match, 0.72);
      if (side < 0) match *= 0.25;
    }
    if (genre === children && !listener.hasChild) match = 0;
    if (match === 0) return -floor;
    const language = recordings.language[r] ?? 0;
    const foreign = ((listener.languages >> language) & 1) === 0;
    let factor = language === 0 ? 0.85 : foreign === this.adventurous ? 1 : foreign ? 0.2 : 0.6;
    const bright = (recordings.energy[r] ?? 0) >= energyLevels / 2 ? 1 : 0;
    if (((recordings.minor[r] ?? 0) ^ listener.moodBit ^ bright) === 1) factor *= 0.72;
    if (listener.lovesNew && this.today - (recordings.released[r] ?? 0) < 28) factor *= 1.25;
    const value = match * factor * (0.4 + 0.6 * (recordings.quality[r] ?? 0));
    return 1 / (1 + Math.exp(-14 * (value - 0.27)));
  }

  /** Best taste's match in 0..1; -1 where tastes reach the sub-genre but not the place. */
  private match(r: number): number {
    const { recordings } = this.world.catalogue;
    const sub = recordings.subGenre[r] ?? 0;
    const second = recordings.secondSubGenre[r] ?? noSubGenre;
    const { tastes } = this.listener;
    let best = 0;
    let reached = false;
    for (let k = 0; k < tastes.length; k++) {
      let grip = this.grip[k * subGenreCount + sub] ?? 0;
      if (second !== noSubGenre)
        grip = Math.max(grip, 0.6 * (this.grip[k * subGenreCount + second] ?? 0));
      if (grip === 0) continue;
      reached = true;
      const dx = (recordings.position[r * 3] ?? 0) - (this.centre[k * 3] ?? 0);
      const dy = (recordings.position[r * 3 + 1] ?? 0) - (this.centre[k * 3 + 1] ?? 0);
      const dz = (recordings.position[r * 3 + 2] ?? 0) - (this.centre[k * 3 + 2] ?? 0);
      const kernel = Math.exp(-(dx * dx + dy * dy + dz * dz) * (this.sharpness[k] ?? 0));
      if (kernel < kernelEdge) continue;
      const day = recordings.released[r] ?? 0;
      const taste = tastes[k];
      const inEra = taste && day >= taste.eraFrom && day < taste.eraTo;
      best = Math.max(best, grip * kernel * (inEra ? 1 : 0.4));
    }
    return best > 0 ? best : reached ? -1 : 0;
  }
}
