// A shard worker: `shard-worker.ts DATA THREADS BLOCK RUN`, shard numbers on stdin, one
// `shard \t ok \t base64url(json)` line per shard on stdout when its lists are on disk.
import { createInterface } from 'node:readline';
import { DeepcutsError } from '../domain/index.ts';
import { ShardTask } from '../weekly/index.ts';
import { machineFault } from '../platform/index.ts';
import { setThreads } from '../native/index.ts';

const [dataDir = '', threads = '0', block = '64', runPath = ''] = process.argv.slice(2);
const parent = process.ppid;
/** Ends a worker whose driver was killed: its attempts would count for nobody. */
function endIfOrphaned(): void {
  if (process.ppid !== parent) process.exit(1);
}
setInterval(endIfOrphaned, 1000).unref();

async function work(): Promise<void> {
  if (Number(threads) > 0) setThreads(Number(threads));
  let task: ShardTask | null = null;
  for await (const line of createInterface({ input: process.stdin })) {
    const shard = Number(line);
    if (!Number.isInteger(shard) || shard < 0) throw new Error(`"${line}" is no shard`);
    task ??= await ShardTask.open(dataDir, runPath, { block: Number(block) });
    endIfOrphaned();
    const before = task.progress;
    const running = task;
    const ticker = setInterval(
      () => process.stdout.write(`${shard}\tprogress\t${running.progress - before}\n`),
      200,
    );
    try {
      const accepted = await task.run(shard);
      const payload = Buffer.from(JSON.stringify(accepted), 'utf8').toString('base64url');
      process.stdout.write(`${shard}\tok\t${payload}\n`);
    } finally {
      clearInterval(ticker);
    }
  }
}

work().catch((cause: unknown) => {
  const error = machineFault(cause, dataDir) ?? cause;
  const text =
    error instanceof DeepcutsError
      ? `${error.message} [${error.code}] ${error.remedy ?? ''}`
      : String(error instanceof Error ? error.stack : error);
  process.stderr.write(`shard worker of ${runPath}: ${text}\n`);
  process.exit(1);
});
