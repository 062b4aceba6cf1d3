import {
  type Evaluation,
  type FoldInEvaluation,
  type LedgerRow,
  type RankingEvaluation,
} from '../evaluation/index.ts';

/** The settings' rows of a weekly evaluation. */
export function weeklyLedger({ protocol, recipe, judged, rows }: Evaluation): LedgerRow[] {
  return rows
    .filter((row) => row.isSetting)
    .map(({ name, metrics }) => ({
      protocol,
      recipe,
      judged,
      method: name,
      figures: [
        ['NDCG@30', metrics.ndcg],
        ['HR@30', metrics.hr, 3],
        ['percentile - habit', metrics.percentileMinusHabit, 3],
        ['new artists', metrics.newArtistShare, 2],
        ['new-artist NDCG', metrics.newArtistNdcg],
      ],
    }));
}

/** Our rows of a fold-in evaluation. */
export function foldInLedger({ seed, recipe, judged, rows }: FoldInEvaluation): LedgerRow[] {
  return rows
    .filter((row) => row.isSetting)
    .map(({ name, ndcg10, recall10, recall50 }) => ({
      protocol: `fold-in, seed ${seed}`,
      recipe,
      judged,
      method: name,
      figures: [
        ['NDCG@10', ndcg10],
        ['Recall@10', recall10],
        ['Recall@50', recall50],
      ],
    }));
}

/** Our rows of a protocol whose figures are a table by variant. */
export function rankingLedger({ protocol, recipe, variants }: RankingEvaluation): LedgerRow[] {
  return variants.flatMap(({ variant, judged, metrics, rows }) =>
    rows
      .filter((row) => row.isOurs)
      .map(({ name, figures }) => ({
        protocol: variant === '' ? protocol : `${protocol}, ${variant}`,
        recipe,
        judged,
        method: name,
        figures: metrics.map((metric, i) => [metric, figures[i] as (typeof figures)[number]]),
      })),
  );
}
