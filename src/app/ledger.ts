import { appendFileSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Evaluation } from '../evaluation/index.ts';
import { intervalText } from './evaluation-text.ts';

const head = `# Looks at the test weeks

Every run of \`deepcuts evaluate --test\` adds its rows here: what was looked at, and when, stays visible.

| date | protocol | recipe | judged | setting | NDCG@30 | HR@30 | percentile - habit | new artists | new-artist NDCG |
|---|---|---|---|---|---|---|---|---|---|
`;

/** Appends the settings' rows of a test evaluation to a Markdown ledger; never rewrites it. */
export function appendLedger(path: string, evaluation: Evaluation, now: Date): void {
  mkdirSync(dirname(path), { recursive: true });
  const rows = evaluation.rows
    .filter((row) => row.isSetting)
    .map(({ name, metrics }) =>
      [
        now.toISOString().slice(0, 16),
        evaluation.protocol,
        evaluation.recipe,
        evaluation.judged,
        name,
        intervalText(metrics.ndcg),
        intervalText(metrics.hr, 3),
        intervalText(metrics.percentileMinusHabit, 3),
        metrics.newArtistShare.mean.toFixed(2),
        intervalText(metrics.newArtistNdcg),
      ].join(' | '),
    );
  appendFileSync(
    path,
    `${existsSync(path) ? '' : head}${rows.map((row) => `| ${row} |\n`).join('')}`,
  );
}
