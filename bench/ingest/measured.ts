import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { childCpuSeconds } from '../../src/platform/index.ts';

export interface Measured {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMb: number;
  /** Resident MB, one figure a second. */
  readonly memory: readonly number[];
}

/** Runs Node on a program in a process of its own and watches it; a failure is an Error. */
export async function measured(
  program: readonly string[],
  whileRunning?: () => void,
): Promise<Measured> {
  const before = childCpuSeconds() ?? 0;
  const started = performance.now();
  const child = spawn(process.execPath, program, { stdio: ['ignore', 'ignore', 'inherit'] });
  const memory: number[] = [];
  let peakMb = 0;
  const watch = setInterval(() => {
    const now = resident(child.pid as number);
    if (now === null) return;
    peakMb = Math.max(peakMb, now.peak);
    whileRunning?.();
    memory.push(now.current);
  }, 1000);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearInterval(watch);
  if (code !== 0) throw new Error(`${program.join(' ')} ended with ${code}`);
  return {
    seconds: (performance.now() - started) / 1000,
    cpuSeconds: (childCpuSeconds() ?? 0) - before,
    peakMb,
    memory,
  };
}

function resident(pid: number): { current: number; peak: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8');
    const mb = (name: string): number =>
      Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) / 1024);
    return { current: mb('VmRSS'), peak: mb('VmHWM') };
  } catch {
    return null;
  }
}
