// One step of the bench in a process of its own: step.ts copy|sorted|ingest|refine INPUT DATA
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ingest, refine } from '../../src/lake/index.ts';
import { copyTo } from './copy.ts';

const [step, input, dataDir] = process.argv.slice(2) as [string, string, string];
const memoryMb = 1024;
mkdirSync(dataDir, { recursive: true });
if (step === 'ingest')
  await ingest({
    dataDir,
    paths: [input],
    format: 'generic',
    now: 1_800_000_000_000,
    limits: { memoryMb },
  });
else if (step === 'refine') await refine({ dataDir, limits: { memoryMb } });
else {
  const read = input.endsWith('parquet') ? 'read_parquet' : 'read_csv';
  const extension = input.endsWith('parquet') ? 'parquet' : 'csv';
  const rows = `SELECT * FROM ${read}('${join(input, 'events', `*.${extension}`)}')`;
  const out = join(dataDir, 'copy.parquet');
  const bucket = "CAST('0x' || substr(md5(user_id), 1, 15) AS BIGINT) % 16";
  const sorted = `SELECT *, ${bucket} AS bucket FROM (${rows}) ORDER BY bucket, user_id, ts`;
  await copyTo(dataDir, step === 'copy' ? rows : sorted, out, 'FORMAT parquet');
}
