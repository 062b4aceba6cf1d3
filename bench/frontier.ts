// What each knob of the list costs in NDCG and brings in novelty, diversity, calibration and distance
// from popularity, on tuning weeks.
//   node bench/frontier.ts [real] [world] [--svg FOLDER]
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chainOptions, openWorkspace } from '../src/app/index.ts';
import { type Interval, bootstrapMean, weekOf } from '../src/domain/index.ts';
import {
  type Judgement,
  type MetricName,
  chainLists,
  judgedPoint,
  tuningPoints,
} from '../src/evaluation/index.ts';
import { eventSpans, refine } from '../src/lake/index.ts';
import { type ListParams, settings } from '../src/playlist/index.ts';
import { modelSetFor, openModelSet } from '../src/scoring/index.ts';
import { presets } from '../src/simulation/index.ts';
import { type Panel, plotSvg } from './plot.ts';
import { type Sweep, sweeps } from './frontier/variants.ts';
import { realLake, worldLake } from './world/folders.ts';

const cache = fileURLToPath(new URL('../.cache/study-frontier', import.meta.url));
const worldSeed = 2;

/** Judgements of every variant, in one order of listeners. */
interface Board {
  readonly users: string[];
  readonly of: Map<string, Judgement[]>;
}

const keyOf = (list: ListParams): string => JSON.stringify(list);

async function judgeAll(dataDir: string, lists: readonly ListParams[]): Promise<Board> {
  const silver = await refine({ dataDir });
  const options = chainOptions(await openWorkspace(dataDir));
  const board: Board = { users: [], of: new Map() };
  for (const point of tuningPoints(eventSpans(silver), options.labelDays)) {
    const { chain, listeners, judge } = await judgedPoint(dataDir, silver, point, options);
    const users = listeners.map(({ user }) => user);
    board.users.push(...users);
    for (const [i, list] of lists.entries()) {
      process.stderr.write(`${point.name}: list ${i + 1} of ${lists.length}\n`);
      const delivery = { week: weekOf(point.at), deliverAtMs: point.at, seed: options.seed };
      const { path } = await modelSetFor(dataDir, chain, {
        ...delivery,
        setting: 'balanced',
        list,
      });
      const made = await chainLists(await openModelSet(dataDir, path, { verify: false }), users);
      const rows = board.of.get(keyOf(list)) ?? [];
      board.of.set(keyOf(list), rows);
      rows.push(...listeners.map((l) => judge.judge(l, made.get(l.user) ?? [])));
    }
  }
  return board;
}

const columns: readonly (readonly [MetricName, string, number])[] = [
  ['ndcg', 'NDCG@30', 4],
  ['newArtistNdcg', 'new-artist NDCG', 4],
  ['percentileMinusHabit', 'percentile - habit', 3],
  ['novelty', 'novelty, bits', 2],
  ['diversity', 'diversity', 3],
  ['kl', 'KL', 3],
  ['newArtistShare', 'new artists', 2],
  ['artists', 'artists', 1],
];

const fixed = (x: number, digits: number): string => x.toFixed(digits).replace(/^(-?)0\./, '$1.');

function meanOf(board: Board, list: ListParams, metric: MetricName): Interval {
  return bootstrapMean(
    (board.of.get(keyOf(list)) ?? []).map((judgement) => judgement[metric]),
    board.users,
  );
}

function againstBase(board: Board, { base }: Sweep, list: ListParams): string {
  const before = board.of.get(keyOf(settings[base])) ?? [];
  const after = board.of.get(keyOf(list)) ?? [];
  const { mean, low, high } = bootstrapMean(
    after.map(({ ndcg }, i) => ndcg - (before[i]?.ndcg ?? Number.NaN)),
    board.users,
  );
  return `${fixed(mean, 4)} [${fixed(low, 4)}, ${fixed(high, 4)}]`;
}

function printTable(name: string, board: Board): void {
  const print = (line: string): boolean => process.stdout.write(`${line}\n`);
  print(`\n${name}: ${board.users.length} listeners judged\n`);
  print(`| from | knob | at | NDCG@30 - base | ${columns.map(([, title]) => title).join(' | ')} |`);
  print(`|${' --- |'.repeat(4 + columns.length)}`);
  const row = (cells: readonly string[], list: ListParams): boolean =>
    print(
      `| ${[...cells, ...columns.map(([metric, , digits]) => fixed(meanOf(board, list, metric).mean, digits))].join(' | ')} |`,
    );
  for (const base of ['accurate', 'balanced'] as const) {
    row([base, '-', '', ''], settings[base]);
    for (const each of sweeps.filter((one) => one.base === base))
      for (const { value, list } of each.steps)
        row([base, each.name, String(value), againstBase(board, each, list)], list);
  }
}

const bought: readonly (readonly [MetricName, string])[] = [
  ['novelty', 'novelty, bits'],
  ['vectorDiversity', 'distance of item vectors'],
  ['diversity', 'diversity of genres'],
  ['kl', 'KL from the listener’s genres'],
  ['percentileMinusHabit', 'popularity percentile - habit'],
  ['newArtistShare', 'share of new artists'],
];

/** NDCG against what is bought with it, a line per knob, from the plain list. */
function plot(board: Board, name: string): string {
  const lines = (metric: MetricName): Panel['lines'] =>
    sweeps
      .filter(({ base }) => base === 'accurate')
      .map((each) => ({
        name: each.name,
        points: [{ value: 0, list: settings.accurate }, ...each.steps].map(({ value, list }) => ({
          x: meanOf(board, list, metric).mean,
          y: meanOf(board, list, 'ndcg').mean,
          label: String(value),
        })),
      }));
  const panels = bought.map(([metric, title]) => ({
    title: `${name}: ${title}`,
    x: title,
    y: 'NDCG@30',
    lines: lines(metric),
  }));
  return plotSvg(panels.filter(tells));
}

/** Whether the data say anything of what is bought: without genres nobody's list differs in them. */
function tells({ lines }: Panel): boolean {
  const values = lines.flatMap(({ points }) => points.map(({ x }) => x));
  return values.every(Number.isFinite) && Math.max(...values) - Math.min(...values) > 1e-6;
}

const { values, positionals } = parseArgs({
  options: { svg: { type: 'string' } },
  allowPositionals: true,
});
const wanted = (study: string): boolean => positionals.length === 0 || positionals.includes(study);
const lists = [
  ...new Map(
    [
      settings.accurate,
      settings.balanced,
      ...sweeps.flatMap(({ steps }) => steps.map((step) => step.list)),
    ].map((list) => [keyOf(list), list]),
  ).values(),
];
function draw(board: Board, name: string, file: string): void {
  if (values.svg !== undefined) writeFileSync(join(values.svg, file), plot(board, name));
}

mkdirSync(cache, { recursive: true });
process.stdout.write(`${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}\n`);
const real = wanted('real') ? await realLake(cache) : null;
if (real !== null) {
  const board = await judgeAll(real, lists);
  printTable('30Music, windows 0 and 1', board);
  draw(board, '30Music', 'frontier-30music.svg');
}
if (wanted('world')) {
  const dataDir = mkdtempSync(join(tmpdir(), 'deepcuts-frontier-'));
  try {
    await worldLake(dataDir, { ...presets.test, seed: worldSeed });
    const board = await judgeAll(dataDir, lists);
    printTable(`world \`test\`, seed ${worldSeed}`, board);
    draw(board, 'world', 'frontier-world.svg');
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}
