import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Playlist } from '../src/serving/index.ts';
import { type Published, publishedWorld, week } from './support/published.ts';

let world: Published;
let api: ReturnType<Published['api']>;
let users: string[];
const stranger = 'nobody-knows-me';

beforeAll(async () => {
  world = await publishedWorld('api');
  api = world.api();
  users = world.regulars();
});
afterAll(() => world[Symbol.asyncDispose]());

const path = (user: string, query = ''): string =>
  `/v1/listeners/${encodeURIComponent(user)}/playlist${query}`;

async function playlist(user: string, query = ''): Promise<Playlist> {
  const response = await api.request(path(user, query));
  expect(response.status).toBe(200);
  return (await response.json()) as Playlist;
}
const ids = ({ tracks }: Playlist): string[] => tracks.map((track) => track.trackId);

/** The first listener whose list has what `wanted` looks for. */
async function someone(wanted: (list: Playlist) => boolean): Promise<[string, Playlist]> {
  for (const user of users) {
    const list = await playlist(user);
    if (wanted(list)) return [user, list];
  }
  throw new Error('the world has no such listener');
}

describe('a playlist', () => {
  it('has thirty numbered distinct tracks of its week and generation', async () => {
    for (const user of users.slice(0, 20)) {
      const list = await playlist(user);
      expect(list).toMatchObject({
        listener: user,
        week: world.report.week,
        generation: world.report.generation,
        status: 'ready',
        nextAt: new Date(world.monday + week).toISOString(),
      });
      expect(list.tracks.map((track) => track.position)).toEqual(
        Array.from({ length: 30 }, (_, i) => i + 1),
      );
      expect(new Set(ids(list)).size).toBe(30);
      expect(list.tracks.every((track) => track.propensity > 0 && track.propensity <= 1)).toBe(
        true,
      );
    }
  });

  it('never names a track of the listener’s history', async () => {
    for (const user of users.slice(0, 20)) {
      const heard = new Set(world.history(user));
      expect(ids(await playlist(user)).filter((id) => heard.has(id))).toEqual([]);
    }
  });

  it('is carried over once its week has passed', async () => {
    const later = world.api({ now: () => world.monday + week });
    const list = (await (await later.request(path(users[0] as string))).json()) as Playlist;
    expect(list).toMatchObject({
      status: 'carried_over',
      nextAt: new Date(world.monday + 2 * week).toISOString(),
    });
  });
});

describe('the ETag', () => {
  const ask = async (user: string, query = '', tag?: string): Promise<Response> =>
    api.request(path(user, query), tag === undefined ? {} : { headers: { 'If-None-Match': tag } });

  it('given back, alone, weak, in a list or as a star, answers 304 without a body', async () => {
    const etag = (await ask(users[0] as string)).headers.get('etag') as string;
    expect(etag).toMatch(/^"[\w-]{22}"$/);
    for (const tag of [etag, `W/${etag}`, `"other", W/${etag}`, '*']) {
      const again = await ask(users[0] as string, '', tag);
      expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([
        304,
        '',
        etag,
      ]);
    }
    expect((await ask(users[0] as string, '', '"other"')).status).toBe(200);
    expect((await ask(users[0] as string, '', etag.slice(1, -1))).status).toBe(200);
  });

  it('is another one for another listener or another question', async () => {
    const [user] = await someone((list) => list.tracks.some((track) => track.explicit));
    const answers = [
      await ask(user),
      await ask(users.find((other) => other !== user) as string),
      await ask(user, '?explain=1'),
      await ask(user, '?explicit=false'),
    ];
    expect(new Set(answers.map((answer) => answer.headers.get('etag'))).size).toBe(4);
  });
});

describe('explain=1', () => {
  it('gives a reason and tracks that the listener has played', async () => {
    let named = 0;
    for (const user of users.slice(0, 20)) {
      const history = new Set(world.history(user));
      const { tracks } = await playlist(user, '?explain=1');
      for (const { reason, because } of tracks) {
        expect(reason).toMatch(/\w/);
        expect(because?.filter((track) => !history.has(track.trackId))).toEqual([]);
        named += because?.length ?? 0;
      }
    }
    expect(named).toBeGreaterThan(200);
  });

  it('is left out unless asked for', async () => {
    const { tracks } = await playlist(users[0] as string, '?explain=0');
    expect(tracks.every((track) => !('reason' in track) && !('because' in track))).toBe(true);
  });
});

describe('a stranger', () => {
  it('gets what is most heard in their country, marked fallback', async () => {
    const catalogue = world.catalogue();
    const countries = catalogue.strings('country.name');
    const offsets = catalogue.u32('country_track.off');
    const heard = catalogue.u32('country_track.listeners');
    const tracks = catalogue.u32('country_track.track');
    const trackIds = catalogue.strings('track_id');
    const lists = new Set<string>();
    for (const country of ['US', 'DE', 'BR'].filter((name) => countries.includes(name))) {
      const list = await playlist(stranger, `?country=${country.toLowerCase()}&explain=1`);
      const [from, to] = offsets.subarray(countries.indexOf(country)).subarray(0, 2);
      const most = Math.max(...heard.subarray(from, to));
      const first = tracks.subarray(from, to)[heard.subarray(from, to).indexOf(most)] as number;
      expect(list).toMatchObject({ status: 'fallback', week: world.report.week });
      expect(list.tracks).toHaveLength(30);
      expect(ids(list)[0]).toBe(trackIds[first]);
      expect(list.tracks.every((track) => track.source === 'fallback')).toBe(true);
      lists.add(ids(list).join());
    }
    expect(lists.size).toBeGreaterThan(1);
  });

  it('of no or an unknown country gets only what is open everywhere', async () => {
    const catalogue = world.catalogue();
    const markets = catalogue.u32('market.off');
    const trackIds = catalogue.strings('track_id');
    for (const query of ['', '?country=atlantis']) {
      const list = await playlist(stranger, query);
      expect(list.tracks).toHaveLength(30);
      for (const id of ids(list)) {
        const t = trackIds.indexOf(id);
        expect(markets[t]).toBe(markets[t + 1]);
      }
    }
  });
});

describe('a filter', () => {
  /** The rest of the list in its order, then the reserve. */
  function expectFilled(before: Playlist, after: Playlist, removed: ReadonlySet<string>): void {
    const stay = ids(before).filter((id) => !removed.has(id));
    expect(ids(after).slice(0, stay.length)).toEqual(stay);
    expect(after.tracks).toHaveLength(30);
    expect(after.tracks.slice(stay.length).map((track) => track.source)).toEqual(
      Array.from({ length: removed.size }, () => 'reserve'),
    );
    expect(after.tracks.at(-1)?.position).toBe(30);
  }

  it('explicit=false takes explicit tracks out and fills up from the reserve', async () => {
    const [user, before] = await someone((list) => list.tracks.some((track) => track.explicit));
    const removed = new Set(before.tracks.filter((t) => t.explicit).map((t) => t.trackId));
    const after = await playlist(user, '?explicit=false');
    expect(after.tracks.some((track) => track.explicit)).toBe(false);
    expectFilled(before, after, removed);
  });

  it('blocked_artists takes their tracks out and fills up from the reserve', async () => {
    const before = await playlist(users[0] as string);
    const blocked = [...new Set(before.tracks.map((track) => track.artistId))].slice(0, 2);
    const removed = new Set(
      before.tracks.filter((t) => blocked.includes(t.artistId)).map((t) => t.trackId),
    );
    const after = await playlist(users[0] as string, `?blocked_artists=${blocked.join(',')},,x`);
    expect(after.tracks.some((track) => blocked.includes(track.artistId))).toBe(false);
    expectFilled(before, after, removed);
  });

  it('country takes out what its market does not have', async () => {
    const catalogue = world.catalogue();
    const trackIds = catalogue.strings('track_id');
    const markets = catalogue.u32('market.off');
    const closed = (id: string): boolean => {
      const t = trackIds.indexOf(id);
      return markets[t] !== markets[t + 1];
    };
    const [user, before] = await someone((list) => ids(list).some(closed));
    const after = await playlist(user, '?country=atlantis');
    expect(ids(after).some(closed)).toBe(false);
    expectFilled(before, after, new Set(ids(before).filter(closed)));
  });
});

describe('a hostile request', () => {
  it.each([
    ['a path upwards', '..%2f..%2fetc%2fpasswd', 200],
    ['a zero byte', 'u%00', 200],
    ['an emoji', '%F0%9F%8E%A7', 200],
    ['SQL', "u1'%3B%20DROP%20TABLE%20lists%3B--", 200],
    ['broken UTF-8', '%ff%fe', 200],
    ['200 emojis', '%F0%9F%8E%A7'.repeat(200), 200],
    ['600 letters', 'x'.repeat(600), 400],
    ['nothing', '', 404],
  ])('with %s as id is answered in JSON', async (_, id, status) => {
    const response = await api.request(`/v1/listeners/${id}/playlist`);
    const body = (await response.json()) as Partial<Playlist> & { error?: { code: string } };
    const what = body.status ?? body.error?.code;
    const told = { 200: 'fallback', 400: 'request.invalid', 404: 'route.unknown' }[status];
    expect([response.status, what]).toEqual([status, told]);
  });

  it.each([
    ['an unknown word', 'explain=maybe'],
    ['no value', 'explicit='],
    ['two values', 'explain=1&explain=0'],
    ['an empty country', 'country='],
    ['65 letters for a country', `country=${'x'.repeat(65)}`],
    ['4,001 letters of artists', `blocked_artists=${'x'.repeat(4001)}`],
  ])('with %s is refused and names the value', async (_, query) => {
    const response = await api.request(path(users[0] as string, `?${query}`));
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    expect(error.code).toBe('request.invalid');
    expect(error.message).toContain(query.split('=')[0]);
  });

  it('for an unknown route gets 404 in JSON', async () => {
    for (const [method, at] of [
      ['GET', '/v2/anything'],
      ['POST', path('u1')],
      ['GET', '/v1/listeners/a/b/playlist'],
    ] as const) {
      const response = await api.request(at, { method });
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ error: { code: 'route.unknown' } });
    }
  });
});
