import { existsSync, mkdirSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Database, RootDatabase } from 'lmdb';
import { EngineError } from '../../domain/index.ts';
import { type Json, sweepTemporaries, writeFileOnce } from '../artifacts/index.ts';
import { machineFault } from '../machine/index.ts';
import {
  type Entry,
  type GenerationWriter,
  type Pointer,
  type Store,
  emptyPointer,
} from './store.ts';

const maxKeyBytes = 1024;
/** At least what LMDB maps of its lock file: 126 readers of 64 bytes and a head. */
const lockBytes = 16_384;
const inputOutputError = 5;
/** A disk with less room than this is full. */
const leastRoom = 1 << 20;
/** Databases of generations are named so; the pointer's is `meta`. */
const listsOf = 'lists:';

/** A store in one LMDB environment: a database per generation, the pointer in a database of its own. */
export async function openLmdbStore(dir: string): Promise<Store> {
  const { open } = await import('lmdb');
  mkdirSync(dir, { recursive: true });
  const path = join(dir, 'lists.mdb');
  reserveLock(`${path}-lock`);
  try {
    return new LmdbStore(dir, open({ path, maxDbs: 1024, compression: false, noMemInit: true }));
  } catch (cause) {
    const fault = storeFault(cause, dir);
    if (fault !== null) throw fault;
    throw new EngineError(`The store in ${dir} does not open: ${String(cause)}`, {
      code: 'store.open',
      remedy: "Check the folder's rights and the free disk space.",
      cause,
    });
  }
}

/**
 * Gives LMDB's lock file its bytes: LMDB maps it as a file with holes, and on a full disk the first
 * touch of a hole ends the process by a signal.
 */
function reserveLock(path: string): void {
  sweepTemporaries(dirname(path), path);
  if (!existsSync(path)) writeFileOnce(path, new Uint8Array(lockBytes));
}

/** LMDB on a full disk: it says so, or, where a write was cut short, speaks of an I/O error. */
function storeFault(cause: unknown, dir: string): EngineError | null {
  const cut = cause instanceof Error && 'code' in cause && cause.code === inputOutputError;
  const { bavail, bsize } = statfsSync(dir);
  if (!cut || bavail * bsize > leastRoom) return machineFault(cause, dir);
  return machineFault(new Error('No space left on device', { cause }), dir);
}

class LmdbStore implements Store {
  private readonly dir: string;
  private readonly root: RootDatabase;
  private readonly meta: Database<unknown, string>;
  private readonly open = new Map<string, Database<Uint8Array, string>>();

  constructor(dir: string, root: RootDatabase) {
    this.dir = dir;
    this.root = root;
    this.meta = root.openDB({ name: 'meta', encoding: 'json' });
  }

  private database(generation: string): Database<Uint8Array, string> {
    let database = this.open.get(generation);
    if (database === undefined) {
      database = this.root.openDB({ name: `${listsOf}${generation}`, encoding: 'binary' });
      this.open.set(generation, database);
    }
    return database;
  }

  async pointer(): Promise<Pointer> {
    return (this.meta.get('pointer') as Pointer | undefined) ?? emptyPointer;
  }

  async flip(expected: number, next: Omit<Pointer, 'epoch'>): Promise<boolean> {
    const flipped = this.written(() =>
      this.meta.transactionSync(() => {
        const now = (this.meta.get('pointer') as Pointer | undefined) ?? emptyPointer;
        if (now.epoch !== expected) return false;
        this.meta.putSync('pointer', { ...next, epoch: expected + 1 });
        return true;
      }),
    );
    await this.meta.flushed;
    return flipped;
  }

  async begin(generation: string): Promise<GenerationWriter> {
    const database = this.written(() => {
      this.meta.removeSync(`generation:${generation}`);
      const fresh = this.database(generation);
      fresh.clearSync();
      return fresh;
    });
    return {
      put: async (entries: readonly Entry[]) => {
        this.written(() =>
          database.transactionSync(() => {
            for (const { key, value } of entries) {
              if (Buffer.byteLength(key) > maxKeyBytes)
                throw new EngineError(
                  `A listener id of more than ${maxKeyBytes} bytes cannot be stored.`,
                  { code: 'store.key' },
                );
              database.putSync(key, value);
            }
          }),
        );
      },
      finish: async (info: Json) => {
        await database.flushed;
        const count = this.size(database);
        this.written(() => this.meta.putSync(`generation:${generation}`, { count, info }));
        await this.meta.flushed;
        return count;
      },
    };
  }

  async generations(): Promise<ReadonlyMap<string, Json>> {
    const found = new Map<string, Json>();
    for (const { key, value } of this.meta.getRange({ start: 'generation:', end: 'generation;' }))
      found.set(key.slice('generation:'.length), (value as { info: Json }).info);
    return found;
  }

  async get(generation: string, key: string): Promise<Uint8Array | null> {
    if (Buffer.byteLength(key) > maxKeyBytes) return null;
    return this.database(generation).get(key) ?? null;
  }

  async count(generation: string): Promise<number> {
    return this.size(this.database(generation));
  }

  async remove(keys: readonly string[]): Promise<number> {
    let removed = 0;
    const finished = await this.generations();
    await this.keepOnly([...finished.keys()]);
    for (const [generation, info] of finished) {
      const database = this.database(generation);
      this.written(() =>
        database.transactionSync(() => {
          for (const key of keys)
            if (Buffer.byteLength(key) <= maxKeyBytes && database.removeSync(key)) removed++;
        }),
      );
      await database.flushed;
      const count = this.size(database);
      this.written(() => this.meta.putSync(`generation:${generation}`, { count, info }));
    }
    await this.meta.flushed;
    return removed;
  }

  private size(database: Database<Uint8Array, string>): number {
    return (database.getStats() as { entryCount?: number }).entryCount ?? database.getCount();
  }

  async keepOnly(generations: readonly string[]): Promise<void> {
    const kept = new Set(generations);
    // the root's keys are the names of its databases: a load that was killed has no other trace
    const loaded = [...this.root.getKeys()]
      .map(String)
      .filter((name) => name.startsWith(listsOf))
      .map((name) => name.slice(listsOf.length));
    for (const generation of loaded.filter((name) => !kept.has(name)))
      this.written(() => {
        this.meta.removeSync(`generation:${generation}`);
        this.database(generation).dropSync();
        this.open.delete(generation);
      });
    await this.meta.flushed;
  }

  private written<T>(write: () => T): T {
    try {
      return write();
    } catch (error) {
      throw storeFault(error, this.dir) ?? error;
    }
  }

  async close(): Promise<void> {
    await this.root.close();
  }
}
