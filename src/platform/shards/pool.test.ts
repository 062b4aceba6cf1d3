import { expect, it } from 'vitest';
import { runShards } from './pool.ts';

const worker = (program: string) => ({
  command: [process.execPath, '-e', program],
  shards: [0],
  workers: 1,
  onOk: () => undefined,
});

it('a worker killed by the system is told with its signal and what to lower', async () => {
  const killed = "process.stdin.once('data', () => process.kill(process.pid, 'SIGKILL'))";
  await expect(runShards(worker(killed))).rejects.toMatchObject({
    code: 'shards.killed',
    message:
      'The worker of shard 0 was killed by signal 9 (SIGKILL), probably for want of memory; tried 3 times.',
    remedy: expect.stringContaining('[batch] workers') as string,
  });
});

it('a worker that fails is told with its last words', async () => {
  const fails =
    "process.stdin.once('data', () => { console.error('no such run'); process.exit(3); })";
  await expect(runShards(worker(fails))).rejects.toMatchObject({
    code: 'shards.failed',
    message: 'Shard 0 failed 3 times (exit 3): no such run',
  });
});
