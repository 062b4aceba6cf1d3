import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openLmdbStore } from './index.ts';
import { storeContract } from './store.contract.ts';

let dir: string | null = null;

storeContract(
  'LMDB',
  () => {
    dir ??= mkdtempSync(join(tmpdir(), 'deepcuts-store-'));
    return openLmdbStore(dir);
  },
  async () => {
    if (dir !== null) rmSync(dir, { recursive: true });
    dir = null;
  },
);

it.runIf(process.platform === 'linux')(
  'has a lock file without holes, which a full disk would turn into a signal',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'deepcuts-store-'));
    const store = await openLmdbStore(folder);
    const { blocks, size } = statSync(join(folder, 'lists.mdb-lock'));
    expect(size).toBeGreaterThan(0);
    expect(blocks * 512).toBeGreaterThanOrEqual(size);
    await store.close();
    rmSync(folder, { recursive: true });
  },
);
