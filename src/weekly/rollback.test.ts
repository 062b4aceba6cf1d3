import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Week, weekStart } from '../domain/index.ts';
import { type Store, openLmdbStore } from '../platform/index.ts';
import { rollback } from './publish.ts';

let dir: string;
let store: Store;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'deepcuts-rollback-'));
  store = await openLmdbStore(dir);
  for (const week of ['2026-W47', '2026-W48']) {
    const writer = await store.begin(`${week}-x`);
    await writer.finish({ week });
  }
  await store.flip(0, { current: '2026-W48-x', previous: '2026-W47-x', opensAt: 0 });
});
afterEach(async () => {
  await store.close();
  rmSync(dir, { recursive: true });
});

const before = '2026-W47' as Week;

it('goes back to the week before, which opens at its own start, and forward again', async () => {
  expect(await rollback(store)).toEqual({
    current: '2026-W47-x',
    previous: '2026-W48-x',
    opensAt: weekStart(before),
    epoch: 2,
  });
  expect((await rollback(store)).current).toBe('2026-W48-x');
});

it('to a named week may be repeated: the second time changes nothing', async () => {
  const once = await rollback(store, before);
  expect(await rollback(store, before)).toEqual(once);
});

it('to a week that is not kept is refused', async () => {
  await expect(rollback(store, '2026-W40' as Week)).rejects.toMatchObject({
    code: 'publish.no_previous',
  });
  expect((await store.pointer()).current).toBe('2026-W48-x');
});
