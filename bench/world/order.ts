import { type Interval, bootstrapMean } from '../../src/domain/index.ts';
import { type Scores } from './methods.ts';

/** Two methods and the paired difference of their NDCG@30 (first minus second) on both data. */
export interface Pair {
  readonly first: string;
  readonly second: string;
  readonly real: Interval;
  readonly world: Interval;
}

export interface Agreement {
  readonly methods: readonly string[];
  readonly pairs: number;
  /** Pairs whose interval on the real data excludes 0, the better method first. */
  readonly clear: readonly Pair[];
  /** Of these, in the same order on the world; and with an interval there that says so. */
  readonly same: number;
  readonly sure: number;
  /** Of these, in the other order with an interval that says so. */
  readonly opposite: number;
}

/**
 * Compares the order of methods on two sets of listeners. Differences are paired, intervals 95 %
 * bootstrap over listeners. Methods that one side lacks are left out; order by name in the real data.
 */
export function orderAgreement(real: Scores, world: Scores): Agreement {
  const methods = Object.keys(real.ndcg).filter((name) => world.ndcg[name] !== undefined);
  const clear: Pair[] = [];
  methods.forEach((a, i) => {
    for (const b of methods.slice(i + 1)) {
      const found = difference(real, a, b);
      if (found.low <= 0 && found.high >= 0) continue;
      const [first, second] = found.mean > 0 ? [a, b] : [b, a];
      clear.push({
        first,
        second,
        real: difference(real, first, second),
        world: difference(world, first, second),
      });
    }
  });
  return {
    methods,
    pairs: (methods.length * (methods.length - 1)) / 2,
    clear,
    same: clear.filter((pair) => pair.world.mean > 0).length,
    sure: clear.filter((pair) => pair.world.low > 0).length,
    opposite: clear.filter((pair) => pair.world.high < 0).length,
  };
}

function difference({ users, ndcg }: Scores, first: string, second: string): Interval {
  const [a, b] = [ndcg[first] ?? [], ndcg[second] ?? []];
  return bootstrapMean(
    a.map((value, i) => value - (b[i] ?? Number.NaN)),
    users,
  );
}
