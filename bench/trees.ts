// The crate's tree scorer against LightGBM's own prediction: same model, same rows, one run.
//   node bench/trees.ts
import { cpus } from 'node:os';
import { Rng } from '../src/domain/index.ts';
import {
  lightgbmVersion,
  predictBooster,
  predictTrees,
  trainBooster,
} from '../src/native/index.ts';

const columns = 86;
const rowsPerListener = 500;

function rowsOf(n: number, seed: number): Float32Array {
  const rng = new Rng(seed);
  return Float32Array.from({ length: n * columns }, () =>
    rng.uniform() < 0.1 ? Number.NaN : rng.normal(),
  );
}

const train = rowsOf(30_000, 1);
const label = Float32Array.from({ length: 30_000 }, (_, i) =>
  (train[i * columns] as number) * (train[i * columns + 1] as number) > 0.3 ? 1 : 0,
);
const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
const time = async (run: () => unknown): Promise<number> => {
  const runs: number[] = [];
  for (let i = 0; i < 7; i++) {
    const before = process.cpuUsage();
    await run();
    const { user, system } = process.cpuUsage(before);
    runs.push(user + system);
  }
  return median(runs);
};

process.stdout.write(
  `${cpus()[0]?.model}, LightGBM ${await lightgbmVersion()}, Node ${process.version}; CPU microseconds per ${rowsPerListener} rows of ${columns} features, median of 7\n\n`,
);
process.stdout.write(
  '| trees x leaves | crate | LightGBM predict | ratio | largest difference |\n|---|---|---|---|---|\n',
);
for (const [trees, leaves] of [
  [100, 7],
  [150, 15],
  [200, 31],
] as const) {
  const text = await trainBooster(
    { x: train, label, weight: new Float32Array(label.length).fill(1) },
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
  const probe = rowsOf(rowsPerListener * 20, 2);
  const ours = (await time(() => predictTrees(text, probe))) / 20;
  const theirs = (await time(() => predictBooster(text, probe, columns))) / 20;
  const [found, expected] = [predictTrees(text, probe), await predictBooster(text, probe, columns)];
  const worst = found.reduce(
    (max, value, i) => Math.max(max, Math.abs(value - (expected[i] as number))),
    0,
  );
  process.stdout.write(
    `| ${trees} x ${leaves} | ${ours.toFixed(0)} | ${theirs.toFixed(0)} | ${(theirs / ours).toFixed(1)} | ${worst.toExponential(1)} |\n`,
  );
}
process.stdout.write('\nBoth figures include reading the model text, once per 20 listeners.\n');
