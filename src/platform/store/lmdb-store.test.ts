import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
