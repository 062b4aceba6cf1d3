// Memory of ingest and refine over time, for plays that do not fit into it: what DuckDB may use is 1,024 MB.
//   node bench/lake-memory.ts [--plays 10000000] [--plays ...] [--dir DIR]
import { rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Measured, measured } from './ingest/measured.ts';
import { seededPlays } from './ingest/plays.ts';

const { values } = parseArgs({
  options: { plays: { type: 'string', multiple: true }, dir: { type: 'string' } },
});
const sizes = (values.plays ?? ['10000000', '30000000', '100000000']).map(Number);
const dir = values.dir ?? join(tmpdir(), 'deepcuts-lake-memory');
const step = fileURLToPath(new URL('ingest/step.ts', import.meta.url));
const tenths = 10;

/** Resident MB at each tenth of a step's time. */
function overTime({ memory }: Measured): string {
  return Array.from(
    { length: tenths },
    (_, i) => memory[Math.floor(((i + 1) / tenths) * memory.length) - 1] ?? 0,
  ).join(' | ');
}

const freeGb = (): number => {
  const { bavail, bsize } = statfsSync(dir);
  return (bavail * bsize) / 1e9;
};

process.stdout.write(
  '| plays | step | s | CPU s | peak MB | disk GB | MB at each tenth of its time |\n|---|---|---|---|---|---|---|\n',
);
for (const plays of sizes) {
  const input = await seededPlays(dir, plays, 'parquet');
  const data = join(dir, 'data');
  for (const name of ['ingest', 'refine']) {
    const before = freeGb();
    let least = before;
    const seen = await measured([step, name, input, data], () => {
      least = Math.min(least, freeGb());
    });
    process.stdout.write(
      `| ${plays / 1e6} M | ${name} | ${seen.seconds.toFixed(0)} | ${seen.cpuSeconds.toFixed(0)} | ${seen.peakMb} | ${(before - least).toFixed(1)} | ${overTime(seen)} |\n`,
    );
  }
  for (const path of [data, input]) rmSync(path, { recursive: true, force: true });
}
rmSync(dir, { recursive: true, force: true });
