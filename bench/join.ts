// The block join against FAISS: recall@500 and CPU time per query, one thread each, on the same vectors.
//   node bench/join.ts [--real] [--clustered ITEMS:QUERIES] [--lists N]
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
    lists: { type: 'string', default: '1024' },
  },
});
const dimensions = 64;
const k = 500;
const lists = Number(given.lists);
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
  readonly recall: number;
  readonly micros: number;
}

const shares = [0.004, 0.01, 0.02, 0.04, 0.08];
const probes = (of: number): number[] => [
  ...new Set(shares.map((share) => Math.max(1, Math.round(of * share)))),
];

function ours(probe: number): Row {
  const found = index.search(queries.subarray(0, shape.judged * dimensions), { k, probe });
  let hits = 0;
  for (let q = 0; q < shape.judged; q++) {
    const mine = new Set(found.track.subarray(found.off[q], found.off[q + 1]));
    for (let i = q * k; i < (q + 1) * k; i++) if (mine.has(exact[i] as number)) hits++;
  }
  const runs = [0, 1, 2].map(() => cpuSeconds(() => index.search(queries, { k, probe })));
  const seconds = runs.toSorted((a, b) => a - b)[1] as number;
  return {
    method: 'block join',
    mode: 'block',
    probe,
    recall: hits / exact.length,
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
  readonly rows: readonly [string, string, number, number, number][];
};
const theirs = peer.rows.map(([method, mode, probe, recall, micros]): Row => ({
  method,
  mode,
  probe,
  recall,
  micros,
}));

/** Our time at a recall, linear between neighbours; undefined outside what was measured. */
function microsAt(recall: number): number | undefined {
  for (const [i, high] of mine.entries()) {
    const low = mine[i - 1];
    if (low === undefined || recall > high.recall || recall < low.recall) continue;
    const part = (recall - low.recall) / Math.max(high.recall - low.recall, 1e-9);
    return low.micros + part * (high.micros - low.micros);
  }
  return undefined;
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
    '| method | mode | lists | recall@500 | CPU us per query | block join at equal recall | ratio |\n|---|---|---|---|---|---|---|\n',
);
for (const row of [...mine, ...theirs]) {
  const equal = microsAt(row.recall);
  const versus =
    row.mode === 'block' || equal === undefined
      ? '| |'
      : `| ${equal.toFixed(0)} | ${(row.micros / equal).toFixed(1)} |`;
  process.stdout.write(
    `| ${row.method} | ${row.mode} | ${row.probe} | ${row.recall.toFixed(3)} | ${row.micros.toFixed(0)} ${versus}\n`,
  );
}
