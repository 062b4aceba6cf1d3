import { readFileSync, writeFileSync } from 'node:fs';

/** Clock ticks a second in which Linux tells processor times. */
const ticksPerSecond = 100;
/** Places in /proc/self/stat, counted behind the program's name: times of children that were waited for. */
const [childUser, childSystem] = [13, 14];

/** CPU seconds of this process, and of those it started that have ended; without /proc only its own. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6 + (childCpuSeconds() ?? 0);
}

/** CPU seconds of ended children, their whole lives; null where the system does not tell. */
export function childCpuSeconds(): number | null {
  let text: string;
  try {
    text = readFileSync('/proc/self/stat', 'utf8');
  } catch {
    return null;
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[childUser]) + Number(fields[childSystem])) / ticksPerSecond;
}

/** Begins the count of `peakMemoryMb` anew; where the system does not allow it, it goes on from the start. */
export function resetPeakMemory(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // not Linux, or not allowed
  }
}

/** Largest resident memory of this process since `resetPeakMemory`, in MB. */
export function peakMemoryMb(): number {
  try {
    const text = readFileSync('/proc/self/status', 'utf8');
    return Math.round(Number(/^VmHWM:\s+(\d+) kB$/m.exec(text)?.[1]) / 1024);
  } catch {
    return Math.round(process.resourceUsage().maxRSS / 1024);
  }
}
