import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder of a suite's own that goes away with it. */
export class Scratch implements Disposable {
  readonly path: string;
  private count = 0;

  constructor(suite: string) {
    this.path = mkdtempSync(join(tmpdir(), `deepcuts-suite-${suite}-`));
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => {
        this.remove();
        process.exit(130);
      });
  }

  /** A path below it that nothing has yet. */
  fresh(name: string): string {
    return join(this.path, `${name}-${this.count++}`);
  }

  private remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  [Symbol.dispose](): void {
    this.remove();
  }
}

/** Copies a folder, sharing blocks where the file system can. */
export function copyFolder(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  execFileSync('cp', ['-a', '--reflink=auto', from, to]);
}

export function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true });
}
