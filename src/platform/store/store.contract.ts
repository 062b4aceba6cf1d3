import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Store } from './index.ts';

const value = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : new TextDecoder().decode(bytes);

/** What every store must do; `open` gives the same empty store again until `clean`. */
export function storeContract(
  name: string,
  open: () => Promise<Store>,
  clean: () => Promise<void>,
): void {
  describe(`${name} as a store of generations`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(async () => {
      await store.close();
      await clean();
    });

    const load = async (generation: string, entries: Record<string, string>) => {
      const writer = await store.begin(generation);
      await writer.put(Object.entries(entries).map(([key, v]) => ({ key, value: value(v) })));
      return writer.finish({ generation });
    };

    it('returns what was loaded, and null for strangers', async () => {
      expect(await load('g1', { a: 'one', 'ü/..%': 'two' })).toBe(2);
      expect(text(await store.get('g1', 'a'))).toBe('one');
      expect(text(await store.get('g1', 'ü/..%'))).toBe('two');
      expect(await store.get('g1', 'nobody')).toBeNull();
      expect(await store.get('g1', 'x'.repeat(5000))).toBeNull();
    });

    it('lists a generation only once it is finished', async () => {
      const writer = await store.begin('g1');
      await writer.put([{ key: 'a', value: value('x') }]);
      expect([...(await store.generations()).keys()]).toEqual([]);
      await writer.finish({ n: 1 });
      expect([...(await store.generations())]).toEqual([['g1', { n: 1 }]]);
    });

    it('starts an unfinished generation afresh', async () => {
      const writer = await store.begin('g1');
      await writer.put([{ key: 'stale', value: value('x') }]);
      expect(await load('g1', { a: 'new' })).toBe(1);
      expect(await store.get('g1', 'stale')).toBeNull();
    });

    it('flips the pointer once per epoch', async () => {
      const before = await store.pointer();
      expect(before).toEqual({ current: null, previous: null, opensAt: 0, epoch: 0 });
      const results = await Promise.all(
        [1, 2, 3, 4].map((i) => store.flip(0, { current: `g${i}`, previous: null, opensAt: i })),
      );
      expect(results.filter(Boolean)).toHaveLength(1);
      expect((await store.pointer()).epoch).toBe(1);
    });

    it('keeps two generations apart and drops those that are not named', async () => {
      await load('g1', { a: 'old' });
      await load('g2', { a: 'new', b: 'more' });
      expect(text(await store.get('g1', 'a'))).toBe('old');
      expect(await store.count('g2')).toBe(2);
      const killed = await store.begin('g3');
      await killed.put([{ key: 'a', value: value('half') }]);
      await store.keepOnly(['g2']);
      expect([...(await store.generations()).keys()]).toEqual(['g2']);
      expect(text(await store.get('g2', 'a'))).toBe('new');
      expect([await store.count('g1'), await store.count('g3')]).toEqual([0, 0]);
    });

    it('takes keys out of every generation, and those alone', async () => {
      await load('g1', { a: 'old', b: 'stays' });
      await load('g2', { a: 'new' });
      expect(await store.remove(['a', 'nobody', 'x'.repeat(5000)])).toBe(2);
      expect([await store.get('g1', 'a'), await store.get('g2', 'a')]).toEqual([null, null]);
      expect(text(await store.get('g1', 'b'))).toBe('stays');
      expect([await store.count('g1'), await store.count('g2')]).toEqual([1, 0]);
      expect([...(await store.generations()).keys()]).toEqual(['g1', 'g2']);
      expect(await store.remove(['a'])).toBe(0);
    });

    it('keeps everything over a restart', async () => {
      await load('g1', { a: 'one' });
      await store.flip(0, { current: 'g1', previous: null, opensAt: 5 });
      await store.close();
      store = await open();
      expect(await store.pointer()).toEqual({
        current: 'g1',
        previous: null,
        opensAt: 5,
        epoch: 1,
      });
      expect(text(await store.get('g1', 'a'))).toBe('one');
    });
  });
}
