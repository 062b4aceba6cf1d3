import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Store, openLmdbStore } from '../src/platform/index.ts';
import { type Playlist, Playlists, startServer } from '../src/serving/index.ts';
import { rollback } from '../src/weekly/index.ts';
import { type Published, hour, publishedWorld, week } from './support/published.ts';
import { removeFolder, runSunday, temporaryFolder } from './support/workspaces.ts';

let world: Published;
const at = '/v1/listeners/u0000001/playlist';
const hash = (key: string): string => createHash('sha256').update(key).digest('hex');
const bearer = (key: string) => ({ headers: { Authorization: `Bearer ${key}` } });

beforeAll(async () => {
  world = await publishedWorld('api-service');
});
afterAll(() => world[Symbol.asyncDispose]());

describe('keys', () => {
  it('let in whoever has one of them, and nobody else', async () => {
    const api = world.api({ keyHashes: [hash('first'), hash('second')] });
    for (const key of ['first', 'second'])
      expect((await api.request(at, bearer(key))).status).toBe(200);
    for (const sent of [{}, bearer('third'), bearer(hash('first')), bearer('first second')]) {
      const refused = await api.request(at, sent);
      expect(refused.status).toBe(401);
      expect(refused.headers.get('www-authenticate')).toBe('Bearer');
      expect(await refused.json()).toMatchObject({ error: { code: 'auth.key' } });
    }
    expect((await api.request('/v1/status')).status).toBe(401);
    expect((await api.request('/healthz')).status).toBe(200);
  });
});

describe('the rate limit', () => {
  it('is kept per key and refills evenly', async () => {
    let now = world.monday;
    const api = world.api({
      keyHashes: [hash('a'), hash('b')],
      requestsPerMinute: 2,
      now: () => now,
    });
    const status = async (key: string) => (await api.request(at, bearer(key))).status;
    expect([await status('a'), await status('a'), await status('a')]).toEqual([200, 200, 429]);
    expect(await status('b')).toBe(200);
    const refused = await api.request(at, bearer('a'));
    expect(refused.headers.get('retry-after')).toBe('30');
    expect(await refused.json()).toMatchObject({ error: { code: 'rate.limited' } });
    now += 30_000;
    expect([await status('a'), await status('a')]).toEqual([200, 429]);
  });

  it('lets through whoever asks again and again', async () => {
    let now = world.monday;
    const api = world.api({ requestsPerMinute: 2, now: () => now });
    let answered = 0;
    for (let second = 0; second < 300; second++) {
      if ((await api.request(at)).status === 200) answered++;
      now += 1000;
    }
    expect(answered).toBe(11);
  });

  it('is not escaped by made-up keys or forwarded addresses', async () => {
    const api = world.api({ requestsPerMinute: 1 });
    expect((await api.request(at)).status).toBe(200);
    for (let i = 0; i < 3; i++) {
      const headers = { 'X-Forwarded-For': `10.0.0.${i}`, Authorization: `Bearer made-up-${i}` };
      expect((await api.request(at, { headers })).status).toBe(429);
    }
  });
});

describe('a failure inside', () => {
  const failing = (): Store => ({
    ...world.store,
    pointer: () => Promise.reject(new Error('secret path /var/lib/lists')),
  });

  it('answers 500 without what went wrong, which is told to the operator', async () => {
    const told: string[] = [];
    const store = failing();
    const api = world.api({
      store,
      playlists: new Playlists(world.dataDir, store),
      onError: (error) => told.push(error.message),
    });
    for (const route of [at, '/v1/status', '/metrics']) {
      const response = await api.request(route);
      expect(response.status).toBe(500);
      expect(await response.json()).toEqual({
        error: { code: 'internal', message: expect.not.stringContaining('secret') as string },
      });
    }
    const ready = await api.request('/readyz');
    expect([ready.status, await ready.text()]).toEqual([
      503,
      'the published generation does not open',
    ]);
    expect(told).toEqual(Array.from({ length: 4 }, () => 'secret path /var/lib/lists'));
    expect((await api.request('/healthz')).status).toBe(200);
  });
});

describe('what operators ask', () => {
  it('readyz and a playlist say so while nothing is published', async () => {
    const empty = temporaryFolder('api-empty');
    const store = await openLmdbStore(join(empty, 'store'));
    const api = world.api({ store, playlists: new Playlists(empty, store) });
    expect((await api.request('/healthz')).status).toBe(200);
    expect((await api.request('/readyz')).status).toBe(503);
    const response = await api.request(at);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ error: { code: 'generation.none' } });
    await store.close();
    removeFolder(empty);
  });

  it('metrics count requests under the routes there are, whatever is asked', async () => {
    const api = world.api();
    for (let i = 0; i < 5; i++) {
      await api.request(`/v1/listeners/u${i}/playlist`);
      await api.request(`/wp-admin/${i}"}`);
      await api.request(`/v1/listeners/u${i}/playlists`);
    }
    await api.request('/healthz');
    const response = await api.request('/metrics');
    expect(response.headers.get('content-type')).toContain('version=0.0.4');
    const lines = (await response.text()).trimEnd().split('\n');
    expect(lines.filter((line) => line.startsWith('deepcuts_requests_total'))).toEqual([
      'deepcuts_requests_total{route="/v1/listeners/{id}/playlist",status="200"} 5',
      'deepcuts_requests_total{route="other",status="404"} 10',
      'deepcuts_requests_total{route="/healthz",status="200"} 1',
    ]);
    const sample = /^[a-z_]+(\{([a-z]+="[^"\\\n]*",?)+\})? -?\d+(\.\d+)?(e[+-]\d+)?$/;
    for (const line of lines)
      expect(line).toMatch(line.startsWith('#') ? /^# TYPE [a-z_]+ \w+$/ : sample);
    expect(lines).toContain('deepcuts_request_seconds_count 16');
    expect(lines).toContain('deepcuts_pointer_epoch 1');
  });

  it('openapi.json is OpenAPI 3.1 and lists every route that answers', async () => {
    const api = world.api();
    const document = (await (await api.request('/openapi.json')).json()) as {
      openapi: string;
      paths: Record<
        string,
        Record<string, { parameters?: { in: string; name: string }[]; responses: object }>
      >;
      components: { schemas: object; securitySchemes: object };
    };
    expect(document.openapi).toBe('3.1.0');
    const answering = api.routes.filter(({ method }) => method === 'GET').map(({ path }) => path);
    expect(Object.keys(document.paths).toSorted()).toEqual(
      [...new Set(answering)].map((path) => path.replaceAll(/:(\w+)/g, '{$1}')).toSorted(),
    );
    const parameters = document.paths['/v1/listeners/{id}/playlist']?.['get']?.parameters ?? [];
    expect(parameters.map((p) => `${p.in} ${p.name}`)).toEqual([
      'path id',
      'query explain',
      'query explicit',
      'query country',
      'query blocked_artists',
    ]);
    for (const operations of Object.values(document.paths))
      for (const { responses } of Object.values(operations))
        for (const response of Object.values(responses))
          expect(response).toHaveProperty('description');
    const text = JSON.stringify(document);
    for (const [, name] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g))
      expect(document.components.schemas).toHaveProperty(name as string);
    expect(text).not.toContain('nullable');
    expect(document.components.securitySchemes).toHaveProperty('bearer');
  });
});

describe('a server on a port', () => {
  it('answers, counts callers by their socket, and closes while a request is under way', async () => {
    const server = await startServer({
      dataDir: world.dataDir,
      store: world.store,
      host: '127.0.0.1',
      port: 0,
      keyHashes: [],
      requestsPerMinute: 2,
      now: () => world.monday + hour,
    });
    const ask = (i: number) =>
      fetch(`${server.url}${at}`, { headers: { 'X-Forwarded-For': `10.0.0.${i}` } });
    const first = await ask(0);
    expect(((await first.json()) as Playlist).tracks).toHaveLength(30);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    const underWay = ask(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const [closed, last] = await Promise.all([server.close(), underWay]);
    expect([closed, last.status]).toEqual([undefined, 200]);
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow('fetch failed');
  });

  it('that is taken is refused with what to do', async () => {
    const options = {
      dataDir: world.dataDir,
      store: world.store,
      host: '127.0.0.1',
      keyHashes: [],
      requestsPerMinute: 2,
      now: () => world.monday,
    };
    const server = await startServer({ ...options, port: 0 });
    await expect(
      startServer({ ...options, port: Number(new URL(server.url).port) }),
    ).rejects.toThrow(expect.objectContaining({ code: 'serving.listen' }));
    await server.close();
  });
});

describe('when generations change', () => {
  const shown = async (now: number): Promise<string> => {
    const response = await world.api({ now: () => now }).request(at);
    return ((await response.json()) as Playlist).generation;
  };

  it('requests under way see one generation each, never a mixture', async () => {
    const user = world.regulars()[0] as string;
    const api = world.api({ now: () => world.monday + 2 * week });
    const seen = new Map<string, Set<string>>();
    const flips = { done: false };
    const readers = Array.from({ length: 8 }, async () => {
      while (!flips.done) {
        await setImmediate();
        const list = (await (
          await api.request(`/v1/listeners/${user}/playlist?explain=1`)
        ).json()) as Playlist;
        const tracks = seen.get(list.generation) ?? new Set();
        seen.set(
          list.generation,
          tracks.add(JSON.stringify([list.week, list.status, list.tracks])),
        );
      }
    });
    const accurate = await runSunday(world.dataDir, { setting: 'accurate' });
    for (let i = 0; i < 20; i++) {
      await rollback(world.store);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    flips.done = true;
    await Promise.all(readers);
    expect([...seen.keys()].toSorted()).toEqual(
      [world.report.generation, accurate.generation].toSorted(),
    );
    for (const answers of seen.values()) expect(answers.size).toBe(1);
  });

  it('the week before is shown until Monday, also when the new one is made twice', async () => {
    const { dataDir, monday, store, report } = world;
    const next = await runSunday(dataDir, {
      asOf: monday + hour,
      now: () => monday + 6 * 24 * hour,
    });
    expect(next.week).not.toBe(report.week);
    const before = (await store.pointer()).previous;
    const again = await runSunday(dataDir, {
      asOf: monday + hour,
      setting: 'adventurous',
      now: () => monday + 6 * 24 * hour,
    });
    expect(await store.pointer()).toMatchObject({ current: again.generation, previous: before });
    expect(await shown(monday + week - 1)).toBe(before);
    expect(await shown(monday + week)).toBe(again.generation);
  });

  it('a rollback shows the week before at once, and a second one waits for Monday again', async () => {
    const { monday, store } = world;
    const { current, previous } = await store.pointer();
    await rollback(store);
    for (const now of [monday + hour, monday + week]) expect(await shown(now)).toBe(previous);
    await rollback(store);
    expect(await shown(monday + hour)).toBe(previous);
    expect(await shown(monday + week)).toBe(current);
  });
});
