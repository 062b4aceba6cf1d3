import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);
export const main = fileURLToPath(new URL('src/cli/main.ts', root));
export const launcher = fileURLToPath(new URL('bin/deepcuts.mjs', root));

/** How a command ended and what it printed. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts Node on a program in a process group of its own. */
export function start(
  program: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Running {
  const child = spawn(process.execPath, program, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, NODE_NO_WARNINGS: '1', ...environment },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (part: Buffer) => (stdout += part.toString('utf8')));
  child.stderr?.on('data', (part: Buffer) => (stderr += part.toString('utf8')));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, ended };
}

/** Runs `deepcuts` with arguments. */
export function deepcuts(...args: readonly string[]): Promise<Ended> {
  return start([main, ...args]).ended;
}

/** Waits until `when` holds, at most ten seconds. */
export async function until(when: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !when() && Date.now() < end;)
    await new Promise((resolve) => setTimeout(resolve, 2));
}
