// The block join against FAISS: recall and CPU time per query, one thread each, on the same vectors.
//   node bench/join.ts [--real] [--clustered ITEMS:QUERIES] [--lists N]   (without --lists: 240 or 1024)
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { VectorIndex, buildIndex, hugePages, setThreads } from '../src/native/index.ts';
import { runPeer } from './peers/environment.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: given } = parseArgs({
  options: {
    real: { type: 'boolean', default: false },
    clustered: { type: 'string', default: '1000000:40000' },
    lists: { type: 'string' },
  },
});
const dimensions = 64;
const k = 500;
const lists = Number(given.lists ?? (given.real ? 240 : 1024));
const what = given.real ? 'real' : `clustered:${given.clustered}`;
const folder = join(root, '.cache', `join-${what.replaceAll(':', '-')}`);
const sessions = join(root, '..', 'shared', 'data', '30music_sessions');
mkdirSync(folder, { recursive: true });

const floats = (name: string): Float32Array => {
  const bytes = readFileSync(join(folder, name));
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
};
const cpuSeconds = (run: () => unknown): number => {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
};

const shape = runPeer('core', 'join.py', ['make', what, folder, sessions]) as {
  readonly items: number;
  readonly queries: number;
  readonly judged: number;
};
setThreads(1);
const queries = floats('queries.f32');
const truth = floats('truth.u32');
const exact = new Uint32Array(truth.buffer, truth.byteOffset, truth.length);
const path = join(folder, 'index.col');
const built = cpuSeconds(() =>
  buildIndex(floats('items.f32'), dimensions, new Uint8Array(), { lists }, path),
);
const index = new VectorIndex(path);

interface Row {
  readonly method: string;
  readonly mode: string;
  readonly probe: number;
  /** Of the true top 500 among 500 found, and of the top 100 among the first 100. */
  readonly recall: number;
  readonly recall100: number;
  readonly micros: number;
}

const shares = [0.004, 0.006, 0.01, 0.015, 0.02, 0.04, 0.08];
const probes = (of: number): number[] => [
  ...new Set(shares.map((share) => Math.max(1, Math.round(of * share)))),
];

function recallOf(track: Uint32Array, most: number): number {
  let hits = 0;
  for (let q = 0; q < shape.judged; q++) {
    const mine = new Set(track.subarray(q * k, q * k + most));
    for (let i = q * k; i < q * k + most; i++) if (mine.has(exact[i] as number)) hits++;
  }
  return hits / (shape.judged * most);
}

function ours(probe: number): Row {
  const { track } = index.search(queries.subarray(0, shape.judged * dimensions), { k, probe });
  const runs = [0, 1, 2].map(() => cpuSeconds(() => index.search(queries, { k, probe })));
  const seconds = runs.toSorted((a, b) => a - b)[1] as number;
  return {
    method: 'block join',
    mode: 'block',
    probe,
    recall: recallOf(track, k),
    recall100: recallOf(track, 100),
    micros: (1e6 * seconds) / shape.queries,
  };
}

const mine = probes(index.lists).map(ours);
const peer = runPeer('core', 'join.py', [
  'run',
  folder,
  String(lists),
  probes(lists).join(','),
]) as {
  readonly version: string;
  readonly queries: number;
  readonly rows: readonly [string, string, number, number, number, number][];
};
const theirs = peer.rows.map(([method, mode, probe, recall, recall100, micros]): Row => ({
  method,
  mode,
  probe,
  recall,
  recall100,
  micros,
}));

/**
 * Our time at a recall, linear between neighbours: below what was measured that of the fewest lists,
 * above it undefined.
 */
function microsAt(recall: number): number | undefined {
  const above = mine.findIndex((row) => row.recall >= recall);
  const high = mine[above];
  const low = mine[above - 1];
  if (high === undefined || low === undefined) return high?.micros;
  const part = (recall - low.recall) / Math.max(high.recall - low.recall, 1e-9);
  return low.micros + part * (high.micros - low.micros);
}

const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
  cwd: root,
  encoding: 'utf8',
});
const model = cpus()[0]?.model;
process.stdout.write(
  `${model}, FAISS ${peer.version}, Node ${process.version}, crate at ${commit.trim()}, ${process.env.DEEPCUTS_SIMD ?? 'best'} kernels, 2 MB pages: ${hugePages()}\n` +
    `node bench/join.ts ${process.argv.slice(2).join(' ')}\n` +
    `${what}: ${shape.items} items, ${index.lists} lists (FAISS ${lists}), ${shape.queries} queries (FAISS batch ${peer.queries}); built in ${built.toFixed(0)} CPU s\n\n` +
    '| method | mode | lists | share | recall@500 | recall@100 | CPU us per query | block join at equal recall | ratio |\n|---|---|---|---|---|---|---|---|---|\n',
);
for (const row of [...mine, ...theirs]) {
  const equal = microsAt(row.recall);
  const versus =
    row.mode === 'block' || equal === undefined
      ? '| |'
      : `| ${equal.toFixed(0)} | ${(row.micros / equal).toFixed(1)} |`;
  const of = row.mode === 'block' ? index.lists : lists;
  const cells = [
    row.method,
    row.mode,
    row.probe,
    `${((100 * row.probe) / of).toFixed(1)} %`,
    row.recall.toFixed(3),
    row.recall100.toFixed(3),
    row.micros.toFixed(0),
  ];
  process.stdout.write(`| ${cells.join(' | ')} ${versus}\n`);
}
