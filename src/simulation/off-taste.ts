import { Rng } from '../domain/index.ts';
import type { WeekChart } from './charts.ts';
import { isAvailable, subGenreIn } from './discovery.ts';
import { children, subGenreNames } from './genres.ts';
import type { Listener } from './listeners.ts';
import type { SessionKind } from './sessions.ts';
import { listenerAt } from './people.ts';
import type { World } from './world.ts';

const lullingPool = 14;

/** Picks of sessions that are not the listener's taste: a child's, a guest's, a sleeper's, a thief's. */
export class OffTaste {
  private readonly world: World;
  private readonly listener: Listener;
  private readonly lulling: number[] = [];
  private strangers: readonly number[] | undefined;

  constructor(world: World, listener: Listener) {
    this.world = world;
    this.listener = listener;
  }

  /** A recording for a session of that kind, or -1 where the catalogue has nothing for it. */
  pick(kind: SessionKind, chart: WeekChart, day: number, rng: Rng): number {
    for (let attempt = 0; attempt < 8; attempt++) {
      const r =
        kind === 'sleep' ? this.lull(chart, rng) : chart.popular(this.subGenre(kind, rng), rng);
      if (r >= 0 && isAvailable(this.world, r, this.listener.country, day)) return r;
    }
    return -1;
  }

  private subGenre(kind: SessionKind, rng: Rng): number {
    if (kind === 'child') return subGenreIn(this.world, children, rng);
    this.strangers ??= this.strangerTastes();
    return this.strangers[rng.below(this.strangers.length)] ?? -1;
  }

  /** The same few quiet recordings, night after night. */
  private lull(chart: WeekChart, rng: Rng): number {
    if (this.lulling.length < lullingPool) {
      const quiet = ['ambient', 'solo piano', 'minimalism', 'lullabies'].map((name) =>
        subGenreNames.indexOf(name),
      );
      const r = chart.popular(quiet[rng.below(quiet.length)] ?? 0, rng);
      if (r >= 0) this.lulling.push(r);
      return r;
    }
    return this.lulling[rng.below(this.lulling.length)] ?? -1;
  }

  private strangerTastes(): readonly number[] {
    const { config } = this.world;
    const other = new Rng(config.seed, 0x9e57, this.listener.index).below(config.listeners);
    return listenerAt(this.world, other).tastes.map((taste) => taste.subGenre);
  }
}
