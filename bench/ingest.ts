// Ingest and refine beside plain copies of the same rows by DuckDB, each in a process of its own with the
// same threads and 1,024 MB for SQL: seconds, CPU seconds, peak memory, medians.
//   node bench/ingest.ts [rows] [runs]
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Measured, measured } from './ingest/measured.ts';
import { seededPlays } from './ingest/plays.ts';

const rows = Number(process.argv[2] ?? 3_000_000);
const runs = Number(process.argv[3] ?? 3);
const step = fileURLToPath(new URL('ingest/step.ts', import.meta.url));
const dir = join(tmpdir(), 'deepcuts-bench-ingest');

function median(all: readonly number[]): number {
  return all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] as number;
}

for (const format of ['parquet', 'csv'] as const) {
  const input = await seededPlays(dir, rows, format);
  const seen = new Map<string, Measured[]>();
  const run = async (name: string, dataDir: string): Promise<void> => {
    seen.set(name, [...(seen.get(name) ?? []), await measured([step, name, input, dataDir])]);
  };
  for (let i = 0; i < runs; i++) {
    const data = join(dir, 'data');
    rmSync(data, { recursive: true, force: true });
    for (const name of ['copy', 'sorted', 'ingest', 'refine'])
      await run(name, name === 'ingest' || name === 'refine' ? data : join(dir, 'copy'));
  }
  const of = (name: string, figure: (m: Measured) => number): number =>
    median((seen.get(name) as Measured[]).map(figure));
  const [plain, sorted] = ['copy', 'sorted'].map((name) => of(name, (m) => m.cpuSeconds));
  process.stdout.write(`\n${(rows / 1e6).toFixed(1)} M plays as ${format}, median of ${runs}\n\n`);
  process.stdout.write(
    '| step | s | CPU s | CPU / plain copy | CPU / sorted copy | peak MB |\n|---|---|---|---|---|---|\n',
  );
  const line = (name: string, seconds: number, cpu: number, peak: number): void => {
    process.stdout.write(
      `| ${name} | ${seconds.toFixed(1)} | ${cpu.toFixed(1)} | ${(cpu / (plain as number)).toFixed(2)} | ${(cpu / (sorted as number)).toFixed(2)} | ${peak} |\n`,
    );
  };
  const figures = (name: string): [number, number, number] => [
    of(name, (m) => m.seconds),
    of(name, (m) => m.cpuSeconds),
    of(name, (m) => m.peakMb),
  ];
  line('plain copy', ...figures('copy'));
  line('copy sorted by bucket, listener, time', ...figures('sorted'));
  line('ingest', ...figures('ingest'));
  line('refine', ...figures('refine'));
  const [a, b] = [figures('ingest'), figures('refine')];
  line('ingest and refine', a[0] + b[0], a[1] + b[1], Math.max(a[2], b[2]));
}
rmSync(dir, { recursive: true, force: true });
