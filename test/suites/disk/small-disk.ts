import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file system in memory of a fixed size, of which any part can be filled; gone when disposed. */
export class SmallDisk implements Disposable {
  readonly path: string;
  private readonly filler: string;

  /** Mounts it below a folder; throws where mounting is not allowed. */
  constructor(path: string, megabytes: number) {
    mkdirSync(path, { recursive: true });
    mount('-t', 'tmpfs', '-o', `size=${megabytes}m`, 'deepcuts-suite', path);
    this.path = path;
    this.filler = join(path, 'filler');
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.path);
    return bavail * bsize;
  }

  /** Fills it up to `bytes` of room. */
  leave(bytes: number): void {
    const size = Math.max(0, this.freeBytes - bytes);
    writeFileSync(this.filler, new Uint8Array(size));
  }

  empty(): void {
    rmSync(this.filler, { force: true });
  }

  readOnly(on: boolean): void {
    mount('-o', `remount,${on ? 'ro' : 'rw'}`, this.path);
  }

  [Symbol.dispose](): void {
    execFileSync('umount', [this.path], { stdio: 'ignore' });
  }
}

function mount(...args: readonly string[]): void {
  execFileSync('mount', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** Why small disks cannot be made here; null where they can. */
export function cannotMount(folder: string): string | null {
  try {
    new SmallDisk(join(folder, 'mount-test'), 1)[Symbol.dispose]();
    return null;
  } catch {
    return 'a file system in memory may not be mounted here (it takes root on Linux)';
  }
}
