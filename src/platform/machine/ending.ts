import { constants } from 'node:os';

/** Signals by which a process ends that asked for more memory than there is, or for a page of a full disk. */
const why: Readonly<Record<string, string>> = {
  SIGKILL: 'probably for want of memory',
  SIGABRT: 'probably for want of memory',
  SIGBUS: 'probably because the disk is full or cannot be read',
};

/** How a process ended, in words: its exit code, or the signal with what it mostly means. */
export function endingOf(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal === null) return `exit ${code ?? 'unknown'}`;
  const meaning = why[signal];
  const number = constants.signals[signal];
  return `killed by signal ${number} (${signal})${meaning === undefined ? '' : `, ${meaning}`}`;
}
