import { type Tuned, intervalText, tunedFile } from '../evaluation/index.ts';
import { markdownTable } from './evaluation-text.ts';

const rowsShown = 15;

/** The best trials of a search, and what was chosen, for people. */
export function tunedText(dataDir: string, tuned: Tuned): string {
  const names = Object.keys(tuned.chosen);
  const best = tuned.trials
    .map((trial, i) => ({ trial, i }))
    .toSorted((a, b) => b.trial.recall.mean - a.trial.recall.mean || a.i - b.i)
    .filter(({ i }, place) => place < rowsShown || i === 0);
  const rows = best.map(({ trial, i }) => [
    String(i + 1),
    ...names.map((name) => String(trial.values[name])),
    intervalText(trial.recall),
    i === 0 ? '' : intervalText(trial.gain),
    intervalText(trial.ndcg),
    trial.seconds.toFixed(1),
  ]);
  const chosen = names.map((name) => `${name} ${tuned.chosen[name]}`).join(', ');
  return [
    `${tuned.target}: ${tuned.trials.length} trials on ${tuned.points.join(', ')}, ${tuned.judged} listener-points.`,
    '',
    ...markdownTable([['trial', ...names, 'recall@500', 'gain', 'NDCG@30', 's'], ...rows]),
    '',
    tuned.improved
      ? `Chosen: ${chosen}.`
      : 'Nothing is surely better than the default (trial 1), which is kept.',
    `Written to ${tunedFile(dataDir, tuned.target)}; "[retrieval] tuned = true" uses it.`,
  ].join('\n');
}
