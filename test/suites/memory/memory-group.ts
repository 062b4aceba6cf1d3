import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Hierarchy {
  readonly name: string;
  readonly root: string;
  /** The line of /proc/self/cgroup that names this process's group. */
  readonly own: RegExp;
  readonly limit: string;
}

const hierarchies: readonly Hierarchy[] = [
  {
    name: 'control group v2, memory.max',
    root: '/sys/fs/cgroup',
    own: /^0::(.*)$/m,
    limit: 'memory.max',
  },
  {
    name: 'control group v1, memory.limit_in_bytes',
    root: '/sys/fs/cgroup/memory',
    own: /^\d+:memory:(.*)$/m,
    limit: 'memory.limit_in_bytes',
  },
];

/** A control group of the suite's own, in which the kernel holds processes to so many bytes. */
export class MemoryGroup implements Disposable {
  readonly kind: string;
  private readonly path: string;
  private readonly limitFile: string;

  private constructor(kind: string, path: string, limitFile: string) {
    this.kind = kind;
    this.path = path;
    this.limitFile = limitFile;
  }

  /** Makes one below this process's own group or at the root; null where neither is allowed. */
  static make(name: string): MemoryGroup | null {
    const groups = existsSync('/proc/self/cgroup') ? readFileSync('/proc/self/cgroup', 'utf8') : '';
    for (const { name: kind, root, own, limit } of hierarchies)
      for (const above of [own.exec(groups)?.[1] ?? '/', '/']) {
        const path = join(root, above, `deepcuts-suite-${process.pid}-${name}`);
        try {
          mkdirSync(path);
          if (existsSync(join(path, limit))) return new MemoryGroup(kind, path, join(path, limit));
          rmdirSync(path);
        } catch {
          // not here: the next place is tried
        }
      }
    return null;
  }

  /** The file that takes the numbers of processes to hold. */
  get members(): string {
    return join(this.path, 'cgroup.procs');
  }

  hold(megabytes: number): void {
    writeFileSync(this.limitFile, String(megabytes * 1024 * 1024));
  }

  [Symbol.dispose](): void {
    rmdirSync(this.path);
  }
}
