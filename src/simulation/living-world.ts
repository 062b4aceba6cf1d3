import { Charts } from './charts.ts';
import type { Diary } from './diary.ts';
import { kind } from './event-block.ts';
import { Life } from './life.ts';
import { countries } from './places.ts';
import { meanPlaysPerWeek } from './plays.ts';
import type { World } from './world.ts';

/** Listeners whose plays make the charts; the others live by them. */
export const chartMakers = 2000;

/** Tracks of the list that waits for a listener, by the listener's index. */
export type Delivered = ReadonlyMap<number, readonly number[]>;

/**
 * Everybody living week by week, in memory: charts follow what was played, lists that were delivered
 * included. The first weeks equal those of a generated world of the same config.
 */
export class LivingWorld {
  readonly charts: Charts;
  /** The next week to be lived, from 0. */
  week = 0;
  private readonly world: World;
  private readonly lives: readonly Life[];

  /** The first `people` listeners of a world, before its first week. */
  constructor(world: World, people: number) {
    this.world = world;
    this.charts = new Charts(world);
    const mean = meanPlaysPerWeek(world);
    this.lives = Array.from({ length: people }, (_, i) => new Life(world, this.charts, i, mean));
  }

  /**
   * Lives one week; a list waits for those in `delivered` (undefined: the service shows its own). The
   * diary must have room for a listener's week whenever `room` has resolved.
   */
  async live(diary: Diary, room: () => void | Promise<void>, delivered?: Delivered): Promise<void> {
    const { catalogue } = this.world;
    const { count } = catalogue.recordings;
    const plays = new Float64Array(countries.length * count);
    for (const [index, life] of this.lives.entries()) {
      await room();
      const { events } = diary;
      const from = events.length;
      life.live(
        this.week,
        diary,
        delivered === undefined ? undefined : (delivered.get(index) ?? null),
      );
      if (index >= chartMakers) continue;
      for (let i = from; i < events.length; i++) {
        if (events.kind[i] !== kind.play) continue;
        const recording = catalogue.releases.recording[events.track[i] ?? 0] ?? 0;
        const at = (events.country[i] ?? 0) * count + recording;
        plays[at] = (plays[at] ?? 0) + 1;
      }
    }
    this.charts.advance(plays);
    this.week++;
  }
}
