import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { EngineError } from '../../domain/index.ts';
import { endingOf } from '../machine/index.ts';

/** One finished shard, as its worker's `ok` line told. */
export interface ShardOk {
  readonly shard: number;
  readonly manifest: Readonly<Record<string, unknown>>;
}

export interface PoolOptions {
  /** Program and arguments of a worker: shard ids on stdin, `shard \t ok \t base64url(json)` lines out. */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly shards: readonly number[];
  readonly workers: number;
  /** Attempts per shard before the run fails. */
  readonly attempts?: number;
  /** Called once per shard; the shard counts only when this has returned. */
  readonly onOk: (ok: ShardOk) => void;
  /** Work units finished within the running shards. */
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal;
}

interface Slot {
  child: ChildProcess;
  shard: number | null;
  progress: number;
  stderr: string;
}

/** How long finished workers may take to end, ms. */
const patience = 10_000;

/**
 * Runs shards in worker processes. A worker that dies gives its shard back; a shard that fails
 * `attempts` times ends the run with the worker's last words. Every shard's `onOk` runs exactly once;
 * when this returns, every worker has ended.
 */
export async function runShards(options: PoolOptions): Promise<void> {
  const queue = [...options.shards];
  const failures = new Map<number, number>();
  const slots = new Set<Slot>();
  const limit = options.attempts ?? 3;
  let finished = 0;
  await new Promise<void>((resolve, reject) => {
    let settled = false;
    const settle = (error?: Error): void => {
      if (settled) return;
      settled = true;
      for (const slot of slots) {
        if (error === undefined) slot.child.stdin?.end();
        else slot.child.kill('SIGKILL');
      }
      if (error !== undefined) reject(error);
      else if (slots.size === 0) resolve();
      // a worker ends when its input does; one that does not is of no more use
      else
        setTimeout(() => {
          for (const slot of slots) slot.child.kill('SIGKILL');
        }, patience).unref();
    };
    const next = (slot: Slot): void => {
      slot.shard = queue.shift() ?? null;
      slot.progress = 0;
      if (slot.shard === null) slot.child.stdin?.end();
      else slot.child.stdin?.write(`${slot.shard}\n`);
    };
    const tell = (): void =>
      options.onProgress?.([...slots].reduce((sum, slot) => sum + slot.progress, 0));
    const line = (slot: Slot, text: string): void => {
      const [id, word, payload] = text.split('\t');
      if (Number(id) !== slot.shard) return;
      if (word === 'progress') {
        slot.progress = Number(payload);
        tell();
      } else if (word === 'ok') {
        try {
          const manifest = JSON.parse(
            Buffer.from(payload ?? '', 'base64url').toString('utf8'),
          ) as ShardOk['manifest'];
          options.onOk({ shard: slot.shard, manifest });
        } catch (error) {
          settle(error instanceof Error ? error : new Error(String(error)));
          return;
        }
        finished++;
        slot.progress = 0;
        tell();
        if (finished === options.shards.length) settle();
        else next(slot);
      }
    };
    const start = (): void => {
      const [program, ...args] = options.command as [string, ...string[]];
      const child = spawn(program, args, {
        stdio: ['pipe', 'pipe', 'pipe'],
        env: { ...process.env, ...options.env },
      });
      const slot: Slot = { child, shard: null, progress: 0, stderr: '' };
      slots.add(slot);
      child.stdin?.on('error', () => undefined);
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (text) =>
        line(slot, text),
      );
      child.stderr?.on('data', (chunk: Buffer) => {
        slot.stderr = (slot.stderr + chunk.toString('utf8')).slice(-4000);
      });
      child.on('error', (cause) =>
        settle(
          new EngineError(`The shard worker does not start: ${cause.message}`, {
            code: 'shards.start',
            cause,
          }),
        ),
      );
      child.on('close', (code, signal) => {
        slots.delete(slot);
        if (settled && slots.size === 0) resolve();
        if (settled || slot.shard === null) return;
        const count = (failures.get(slot.shard) ?? 0) + 1;
        failures.set(slot.shard, count);
        if (count >= limit) settle(failure(slot, count, code, signal));
        else {
          queue.unshift(slot.shard);
          start();
        }
      });
      next(slot);
    };
    if (options.shards.length === 0) settle();
    const stop = (): void =>
      settle(
        new EngineError('The run was stopped.', {
          code: 'shards.stopped',
          remedy: 'Continue it with --resume.',
        }),
      );
    // a signal that fired before tells nobody any more
    if (options.signal?.aborted === true) stop();
    options.signal?.addEventListener('abort', stop);
    if (settled) return;
    for (let i = 0; i < Math.min(options.workers, options.shards.length); i++) start();
  });
}

/** Why a shard is given up. A worker that was killed said nothing of use; its signal tells more. */
function failure(
  { shard, stderr }: Slot,
  count: number,
  code: number | null,
  signal: NodeJS.Signals | null,
): EngineError {
  const ended = endingOf(code, signal);
  if (signal !== null)
    return new EngineError(`The worker of shard ${shard} was ${ended}; tried ${count} times.`, {
      code: 'shards.killed',
      remedy:
        'Lower [batch] workers or threads, or give it more memory; then continue with --resume.',
    });
  return new EngineError(
    `Shard ${shard} failed ${count} times (${ended}): ${stderr.trim() || 'no message'}`,
    {
      code: 'shards.failed',
      remedy: 'Mend what the message names and run the command again with --resume.',
    },
  );
}
