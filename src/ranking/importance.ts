import { z } from 'zod';

export const importanceShape = z.object({
  feature: z.string(),
  /** Sum over its splits of the loss that they took away, in the library's unit. */
  gain: z.number(),
  /** Nodes that split on it. */
  splits: z.number(),
});

export type FeatureImportance = z.infer<typeof importanceShape>;

/**
 * Gain and number of splits of each feature that a model uses, largest gain first, ties in the order
 * of the features: Breiman et al. (1984), as both libraries count them. `text` is LightGBM's or
 * XGBoost's (JSON).
 */
export function featureImportance(
  text: string,
  featureNames: readonly string[],
): FeatureImportance[] {
  const all = featureNames.map((feature) => ({ feature, gain: 0, splits: 0 }));
  for (const { feature, gain } of text.startsWith('{') ? xgboostSplits(text) : textSplits(text)) {
    const row = all[feature];
    if (row === undefined) continue;
    row.gain += gain;
    row.splits++;
  }
  return all.filter((row) => row.splits > 0).toSorted((a, b) => b.gain - a.gain);
}

interface UsedSplit {
  readonly feature: number;
  readonly gain: number;
}

function textSplits(text: string): UsedSplit[] {
  const lines = (name: string): number[] =>
    Array.from(text.matchAll(new RegExp(`^${name}=(.*)$`, 'gm')), (line) => line[1] ?? '')
      .join(' ')
      .split(' ')
      .filter((x) => x !== '')
      .map(Number);
  const gains = lines('split_gain');
  return lines('split_feature').map((feature, i) => ({ feature, gain: gains[i] as number }));
}

/** Of XGBoost's model only what a split's gain is read from; it was just written by the library. */
interface XgboostModel {
  readonly learner: {
    readonly gradient_booster: {
      readonly model: {
        readonly trees: readonly {
          readonly left_children: readonly number[];
          readonly split_indices: readonly number[];
          readonly loss_changes: readonly number[];
        }[];
      };
    };
  };
}

function xgboostSplits(text: string): UsedSplit[] {
  const { learner } = JSON.parse(text) as XgboostModel;
  return learner.gradient_booster.model.trees.flatMap((tree) =>
    tree.left_children.flatMap((left, i) =>
      left < 0
        ? []
        : [{ feature: tree.split_indices[i] as number, gain: tree.loss_changes[i] as number }],
    ),
  );
}

/** A feature's part of the whole gain and of all splits, averaged over rankers. */
export interface ImportanceShare {
  readonly feature: string;
  readonly gainShare: number;
  readonly splitShare: number;
}

/** Means over rankers of the shares in each, largest gain first, ties by name; no rankers, no shares. */
export function meanImportance(
  rankers: readonly (readonly FeatureImportance[])[],
): ImportanceShare[] {
  const shares = new Map<string, { gain: number; splits: number }>();
  for (const importance of rankers) {
    const gain = importance.reduce((sum, row) => sum + row.gain, 0);
    const splits = importance.reduce((sum, row) => sum + row.splits, 0);
    for (const row of importance) {
      const share = shares.get(row.feature) ?? { gain: 0, splits: 0 };
      shares.set(row.feature, {
        gain: share.gain + row.gain / gain / rankers.length,
        splits: share.splits + row.splits / splits / rankers.length,
      });
    }
  }
  return Array.from(shares, ([feature, { gain, splits }]) => ({
    feature,
    gainShare: gain,
    splitShare: splits,
  })).toSorted((a, b) => b.gainShare - a.gainShare || (a.feature < b.feature ? -1 : 1));
}
