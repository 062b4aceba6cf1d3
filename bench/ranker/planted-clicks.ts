import { Rng, gradedNdcg } from '../../src/domain/index.ts';
import { TreeScorer, trainBooster } from '../../src/native/index.ts';
import { engines } from '../../src/ranking/index.ts';
import { type ArmName } from './arms.ts';

const listeners = 3000;
const heldListeners = 1000;
const candidates = 60;
const shown = 20;
const columns = 8;
export const slotColumn = columns - 1;
/** Share of listeners whose lists are shown in an order by chance: there propensities are read off. */
const randomShare = 0.1;

/** As in the simulated world. */
const examined = (slot: number): number => (1 + 0.15 * slot) ** -1.3;

interface Log {
  readonly x: Float32Array;
  readonly click: Float32Array;
  readonly relevance: Float32Array;
  /** Rows of lists in an order by chance. */
  readonly byChance: Uint8Array;
}

/**
 * Lists of 20 of 60 candidates, ordered by popularity: a feature that tells only part of what is
 * liked. `x` has the slot from 1 in its last column. A click needs both examination and liking.
 */
function log(people: number, seed: number): Log {
  const rng = new Rng(seed);
  const n = people * shown;
  const [x, click] = [new Float32Array(n * columns), new Float32Array(n)];
  const [relevance, byChance] = [new Float32Array(n), new Uint8Array(n)];
  for (let p = 0; p < people; p++) {
    const chance = rng.uniform() < randomShare;
    const all = Array.from({ length: candidates }, () => {
      const features = Array.from({ length: slotColumn }, () => rng.normal());
      const order = chance ? rng.uniform() : (features[0] as number) + 0.3 * rng.normal();
      return { features, order };
    }).toSorted((a, b) => b.order - a.order);
    for (const [slot, { features }] of all.slice(0, shown).entries()) {
      const at = p * shown + slot;
      x.set([...features, slot + 1], at * columns);
      const [popular, a, b, c] = features as [number, number, number, number];
      const likes = 1 / (1 + Math.exp(2 - 0.3 * popular - a * b - Math.max(0, c)));
      relevance[at] = likes;
      byChance[at] = chance ? 1 : 0;
      click[at] = rng.uniform() < examined(slot) && rng.uniform() < likes ? 1 : 0;
    }
  }
  return { x, click, relevance, byChance };
}

/** Click rates of slots over that of slot 1, in lists by chance; entry 0 unused. */
export function estimatedPropensities({ x, click, byChance }: Log): number[] {
  const clicks = new Float64Array(shown + 1);
  const rows = new Float64Array(shown + 1);
  for (const [i, chance] of byChance.entries()) {
    if (chance === 0) continue;
    const slot = x[i * columns + slotColumn] as number;
    clicks[slot] = (clicks[slot] as number) + (click[i] as number);
    rows[slot] = (rows[slot] as number) + 1;
  }
  const rate = (slot: number): number => (clicks[slot] as number) / (rows[slot] as number);
  return Array.from({ length: shown + 1 }, (_, slot) =>
    slot === 0 ? 1 : Math.max(0.05, rate(slot) / rate(1)),
  );
}

/** NDCG@10 of the true liking over each held listener's 20 rows in another order by chance, by arm. */
export async function plantedClicks(
  seed: number,
  arms: readonly ArmName[],
): Promise<ReadonlyMap<ArmName | 'liking itself', number[]>> {
  const train = log(listeners, seed);
  const held = log(heldListeners, seed + 1000);
  const propensity = estimatedPropensities(train);
  const found = new Map<ArmName | 'liking itself', number[]>();
  for (const arm of [...arms, 'liking itself'] as const) {
    const x = train.x.slice();
    const weight = new Float32Array(train.click.length).fill(1);
    const label = train.click.slice();
    const rng = new Rng(seed + 2000);
    for (let i = 0; i < label.length; i++) {
      const slot = x[i * columns + slotColumn] as number;
      if (arm === 'propensity weights' && label[i] === 1)
        weight[i] = 1 / (propensity[slot] as number);
      if (arm !== 'slot as a feature') x[i * columns + slotColumn] = Number.NaN;
      if (arm === 'liking itself')
        label[i] = rng.uniform() < (train.relevance[i] as number) ? 1 : 0;
    }
    const text = await trainBooster(
      { x, label, weight },
      {
        featureNames: Array.from({ length: columns }, (_, i) => `f${i}`),
        rounds: 200,
        parameters: { ...engines.lightgbm.parameters, seed: 1 },
      },
    );
    const rows = held.x.slice();
    for (let i = slotColumn; i < rows.length; i += columns) rows[i] = 0;
    const scores = new TreeScorer(text).raw(rows);
    found.set(
      arm,
      Array.from({ length: heldListeners }, (_, p) => {
        const own = Array.from({ length: shown }, (_, i) => p * shown + i);
        const gains = own
          .toSorted((i, j) => (scores[j] as number) - (scores[i] as number) || i - j)
          .map((i) => held.relevance[i] as number);
        return gradedNdcg(
          gains,
          gains.toSorted((p1, p2) => p2 - p1),
          10,
        );
      }),
    );
  }
  return found;
}
