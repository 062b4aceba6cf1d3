import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Input, type Verdict } from './kind.ts';

/** Longest time for one input. */
const patienceMs = 60_000;
const startMs = 120_000;
/** Resident memory of a child, its libraries included. */
const mostMb = 1536;
const watchMs = 20;

/** A process that takes inputs of a kind. It may die of one: that is told, and the next starts anew. */
export class Child {
  peakMb = 0;
  private readonly kind: string;
  private readonly folder: string;
  private process: ChildProcess | null = null;
  private printed = '';

  constructor(kind: string, folder: string) {
    this.kind = kind;
    this.folder = folder;
  }

  async take(input: Input): Promise<Verdict> {
    this.process ??= await this.start();
    const file = join(this.folder, 'input');
    writeFileSync(file, input.bytes);
    const started = performance.now();
    const found = await this.ask({ file, name: input.name }, patienceMs);
    if (typeof found !== 'string') return found as Verdict;
    await this.kill();
    return { end: 'failed', why: found, ms: performance.now() - started };
  }

  async end(): Promise<void> {
    const child = this.process;
    this.process = null;
    if (child === null || child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.send('end');
    const late = setTimeout(() => child.kill('SIGKILL'), 5000);
    await gone;
    clearTimeout(late);
  }

  private async start(): Promise<ChildProcess> {
    const folder = join(this.folder, 'reader');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    this.printed = '';
    const program = join(import.meta.dirname, 'worker.ts');
    this.process = fork(program, [this.kind, folder], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
      cwd: folder,
      env: { ...process.env, NODE_NO_WARNINGS: '1', OMP_WAIT_POLICY: 'passive' },
    });
    this.process.stderr?.on('data', (part: Buffer) => {
      this.printed = (this.printed + part.toString('utf8')).slice(-2000);
    });
    const ready = await this.ask(null, startMs);
    if (ready !== 'ready') throw new Error(`${this.kind} does not open: ${String(ready)}`);
    return this.process;
  }

  /** The next message of the child, or in words why there is none. */
  private ask(message: object | null, patience: number): Promise<unknown> {
    const child = this.process as ChildProcess;
    return new Promise((resolve) => {
      const done = (found: unknown): void => {
        clearTimeout(late);
        clearInterval(watch);
        child.off('message', done);
        child.off('exit', died);
        resolve(found);
      };
      const died = (code: number | null, signal: string | null): void =>
        done(`the process ended with ${signal ?? `code ${code}`}: ${this.printed.trim()}`);
      const late = setTimeout(() => done(`no answer after ${patience} ms`), patience);
      const watch = setInterval(() => {
        const mb = residentMb(child.pid as number);
        this.peakMb = Math.max(this.peakMb, mb);
        if (mb > mostMb) done(`the process took ${mb} MB`);
      }, watchMs);
      child.on('message', done);
      child.on('exit', died);
      if (message !== null) child.send(message);
    });
  }

  private async kill(): Promise<void> {
    const child = this.process;
    this.process = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
}

/** Resident memory of a process; 0 where the system does not tell. */
function residentMb(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Math.round(Number(/^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}
