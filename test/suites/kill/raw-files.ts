import fs from 'node:fs';

const { openSync, writeSync, closeSync, unlinkSync } = fs;

/** Appends to a file by calls that the switch leaves as they are. */
export function appendStep(path: string, line: string): void {
  const file = openSync(path, 'a');
  writeSync(file, line);
  closeSync(file);
}

/** Whether this process is the one that removed the file; without a file every process is. */
export function claimed(path: string | undefined): boolean {
  if (path === undefined) return true;
  try {
    unlinkSync(path);
    return true;
  } catch {
    return false;
  }
}
