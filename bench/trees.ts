// The tree scorer against LightGBM's own prediction and against compiled trees (tl2cgen with gcc -O3,
// lleaves), each at its best options: same models, same rows, one thread, CPU time, binning included.
//   node bench/trees.ts [--quick]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Rng } from '../src/domain/index.ts';
import { TreeScorer, predictBooster, trainBooster } from '../src/native/index.ts';
import { runPeer } from './peers/environment.ts';

const columns = 96;
const perListener = 500;
const quick = process.argv.includes('--quick');

interface Peer {
  readonly option: string;
  readonly seconds: number;
  readonly difference: number;
}

/** Every value differs: the hardest rows to bin and to predict branches on. */
function noise(n: number, seed: number): Float32Array {
  const rng = new Rng(seed);
  return Float32Array.from({ length: n * columns }, () =>
    rng.uniform() < 0.1 ? Number.NaN : rng.normal(),
  );
}

/**
 * Rows as the ranker has them, 500 candidates of a listener after each other: a third of the features
 * is the listener's, then counts, sparse shares, similarities and values that may be missing.
 */
function candidates(n: number, seed: number): Float32Array {
  const rng = new Rng(seed);
  const x = new Float32Array(n * columns);
  const own = new Float32Array(columns);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < columns; j++) {
      if (i % perListener === 0) own[j] = rng.normal() * 10;
      const kind = j % 6;
      let value = own[j] as number;
      if (kind === 2) value = Math.floor(Math.exp(rng.normal() * 2));
      if (kind === 3) value = rng.uniform() < 0.7 ? 0 : rng.uniform();
      if (kind === 4) value = rng.normal();
      if (kind === 5) value = rng.uniform() < 0.3 ? Number.NaN : rng.normal();
      x[i * columns + j] = value;
    }
  return x;
}

/** Half of the variance is a sum of steps and products of a few features. */
function labels(x: Float32Array, seed: number): Float32Array {
  const rng = new Rng(seed);
  return Float32Array.from({ length: x.length / columns }, (_, i) => {
    let signal = rng.normal() * 2;
    for (let j = 0; j + 1 < columns; j += 2) {
      const [a, b] = [x[i * columns + j] || 0, x[i * columns + j + 1] || 0];
      signal += (Math.tanh(a) * Math.tanh(b) + (a > 0.5 ? 0.5 : 0)) / (1 + j / 8);
    }
    return signal > 1 ? 1 : 0;
  });
}

/** Median CPU seconds of a pass over the rows in calls of `size` rows. */
function secondsOf(scorer: TreeScorer, rows: Float32Array, size: number, repeats: number): number {
  const calls: Float32Array[] = [];
  for (let at = 0; at < rows.length; at += size * columns)
    calls.push(rows.subarray(at, at + size * columns));
  const runs: number[] = [];
  for (let i = 0; i <= repeats; i++) {
    const before = process.cpuUsage();
    for (const call of calls) scorer.raw(call);
    const { user, system } = process.cpuUsage(before);
    if (i > 0) runs.push((user + system) / 1e6);
  }
  return runs.toSorted((a, b) => a - b)[Math.floor(repeats / 2)] as number;
}

function largestDifference(a: Float64Array, b: Float64Array): number {
  return a.reduce((max, value, i) => Math.max(max, Math.abs(value - (b[i] as number))), 0);
}

const folder = mkdtempSync(join(tmpdir(), 'deepcuts-trees-'));
const repeats = quick ? 3 : 7;
process.stdout.write(
  `${cpus()[0]?.model}, Node ${process.version}, LightGBM 4.7.0, tl2cgen 1.0.0, lleaves 1.3.0; CPU microseconds per ${perListener} rows of ${columns} features, one thread, median of ${repeats} passes over 100,000 rows\n\n` +
    '| rows | trees x leaves | rows per call | ours | LightGBM | ratio | tl2cgen | ratio | lleaves | ratio | largest difference from LightGBM |\n' +
    '|---|---|---|---|---|---|---|---|---|---|---|\n',
);
try {
  for (const [name, rowsOf] of Object.entries({ candidates, noise }))
    for (const [trees, leaves] of quick
      ? ([[200, 31]] as const)
      : ([
          [100, 7],
          [200, 31],
        ] as const)) {
      const x = rowsOf(40_000, 1);
      const label = labels(x, 3);
      const text = await trainBooster(
        { x, label, weight: new Float32Array(label.length).fill(1) },
        {
          featureNames: Array.from({ length: columns }, (_, i) => `f${i}`),
          rounds: trees,
          parameters: {
            objective: 'binary',
            num_leaves: leaves,
            min_data_in_leaf: 20,
            deterministic: true,
            force_row_wise: true,
            num_threads: 1,
            max_bin: 63,
            verbose: -1,
          },
        },
      );
      const rows = rowsOf(100_000, 2);
      const [model, data] = [join(folder, 'model.txt'), join(folder, 'rows.f32')];
      writeFileSync(model, text);
      writeFileSync(data, rows);
      const scorer = new TreeScorer(text);
      const difference = largestDifference(
        scorer.raw(rows),
        await predictBooster(text, rows, columns),
      );
      for (const size of [perListener, 100_000]) {
        const ours = secondsOf(scorer, rows, size, repeats);
        const peers = runPeer('core', 'trees.py', [
          model,
          data,
          ...[columns, size, repeats].map(String),
        ]) as Record<'lightgbm' | 'tl2cgen' | 'lleaves', Peer>;
        const listeners = 100_000 / perListener;
        const cells = [peers.lightgbm, peers.tl2cgen, peers.lleaves].flatMap((peer) => [
          `${((peer.seconds / listeners) * 1e6).toFixed(0)} (${peer.option})`,
          (peer.seconds / ours).toFixed(1),
        ]);
        process.stdout.write(
          `| ${name} | ${trees} x ${leaves} | ${size} | ${((ours / listeners) * 1e6).toFixed(0)} | ${cells.join(' | ')} | ${difference.toExponential(1)} |\n`,
        );
      }
    }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
