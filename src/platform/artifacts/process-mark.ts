import { readFileSync } from 'node:fs';

/**
 * Names this process on this machine, `pid.start`: the number alone may be another's tomorrow. Where
 * the system does not tell when a process began, the mark is the number.
 */
export function processMark(): string {
  const begun = startOf(process.pid);
  return begun === null ? String(process.pid) : `${process.pid}.${begun}`;
}

/**
 * Whether the process that a mark names still runs. A mark of the number alone counts as living while
 * any process has that number; one that names nobody is dead.
 */
export function markLives(mark: string): boolean {
  const [, id, begun] = /^(\d+)(?:\.(\d+))?$/.exec(mark) ?? [];
  const pid = Number(id);
  if (id === undefined || pid === 0 || !exists(pid)) return false;
  const start = startOf(pid);
  if (start === null) return true;
  return start !== 'ended' && (begun === undefined || begun === start);
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Clock ticks from boot to the process's start; `ended` where nobody has fetched its exit code yet. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // the name before ")" may hold spaces and brackets of its own
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : (fields[19] ?? null);
  } catch {
    return null;
  }
}
