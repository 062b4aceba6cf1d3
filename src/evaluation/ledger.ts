import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError, type Interval } from '../domain/index.ts';
import { intervalText } from './interval-text.ts';

/** One method's figures of one look at test points. */
export interface LedgerRow {
  readonly protocol: string;
  /** Digest of everything that decides lists besides the data. */
  readonly recipe: string;
  readonly judged: number;
  readonly method: string;
  readonly figures: readonly (readonly [name: string, value: Interval, digits?: number])[];
}

const columns =
  '| date | protocol | recipe | judged | method | figures |\n|---|---|---|---|---|---|\n';
const head = `# Looks at the test weeks

Every run of \`deepcuts evaluate --test\` adds its rows here: what was looked at, and when, stays visible.

${columns}`;

/** Makes sure that rows can be appended, before anything is looked at; starts the table where there is none. */
export function openLedger(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(path)) appendFileSync(path, head);
    else if (!readFileSync(path, 'utf8').includes(columns)) appendFileSync(path, `\n${columns}`);
    else appendFileSync(path, '');
  } catch (cause) {
    throw new ConfigError(`The ledger ${path} cannot be written.`, {
      code: 'evaluation.ledger',
      remedy: 'Name a file that can, with --ledger: no look at test weeks goes unrecorded.',
      cause,
    });
  }
}

/** Appends rows to a Markdown ledger; never rewrites it. */
export function appendLedger(path: string, rows: readonly LedgerRow[], now: Date): void {
  const date = now.toISOString().slice(0, 16);
  const lines = rows.map(({ protocol, recipe, judged, method, figures }) => {
    const values = figures.map(
      ([name, value, digits]) => `${name} ${intervalText(value, digits ?? 4)}`,
    );
    const cells = [date, protocol, recipe, judged, method, values.join('; ')];
    return `| ${cells.join(' | ')} |\n`;
  });
  appendFileSync(path, lines.join(''));
}
