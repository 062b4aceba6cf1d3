import { join } from 'node:path';
import { DataError } from '../../../src/domain/index.ts';
import { Playlists, createApi } from '../../../src/serving/index.ts';
import { type Input, type Kind } from '../kind.ts';
import { pick } from '../mutate.ts';
import { opensAt, smallFolder } from '../small-folder.ts';

/** A request as JSON; the bytes of an input may be anything else too. */
interface Asked {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: unknown;
  readonly body?: unknown;
}

const input = (asked: Asked | string): Input => ({
  name: 'request.json',
  bytes: Buffer.from(typeof asked === 'string' ? asked : JSON.stringify(asked)),
});

const ids = ['u1', 'u2', 'stranger', '%00', '..%2f..%2fetc%2fpasswd', '%ff', '%', '%u0000', 'ü'];
const longIds = ['x'.repeat(512), 'x'.repeat(513), 'ü'.repeat(512), '𝄞'.repeat(300), ' ', '%20'];
const parts = [
  'explain=1',
  'explicit=0',
  'country=SE',
  'country=',
  'country=%00',
  'blocked_artists=a1',
];
const morePart = ['explain=2', 'explain=1&explain=0', 'a[]=1', '__proto__=1', '=', '&&&', '%'];
const roots = ['/v1/status', '/healthz', '/readyz', '/metrics', '/openapi.json', '/', '//', '/v1/'];
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'BREW'];
const tags = ['*', '"x"', 'W/"x"', ','.repeat(5000), '"'.repeat(5000), 'Bearer x', 'Bearer '];
const fields = ['if-none-match', 'authorization', 'accept', 'content-type', 'x-forwarded-for'];

export const http: Kind = {
  name: 'http',
  special: [...ids, ...longIds]
    .flatMap((id) => [`/v1/listeners/${id}/playlist`, `/v1/listeners/${id}/playlist?explain=1`])
    .concat(roots)
    .map((path) => () => input({ path })),
  invented: (rng) => {
    const query = Array.from({ length: Math.floor(rng.uniform() * 5) }, () =>
      pick(rng, [
        ...parts,
        ...morePart,
        `country=${'x'.repeat(65)}`,
        `blocked_artists=${'a,'.repeat(2500)}`,
      ]),
    );
    const listener = `/v1/listeners/${pick(rng, [...ids, ...longIds])}/playlist`;
    const path = rng.uniform() < 0.7 ? listener : pick(rng, roots);
    const method = rng.uniform() < 0.8 ? 'GET' : pick(rng, methods);
    const headers = rng.uniform() < 0.5 ? { [pick(rng, fields)]: pick(rng, tags) } : {};
    const body =
      method === 'GET' || method === 'HEAD' ? undefined : pick(rng, ['', '{', '\0', '[]']);
    return input({ path: `${path}?${query.join('&')}`, method, headers, body });
  },
  open: async (folder) => {
    const dataDir = join(folder, 'data');
    const { store } = await smallFolder(dataDir);
    const failures: Error[] = [];
    const api = createApi({
      store,
      playlists: new Playlists(dataDir, store),
      keyHashes: [],
      requestsPerMinute: 1e9,
      now: () => opensAt + 1,
      onError: (error) => failures.push(error),
    });
    return {
      take: async ({ bytes }) => {
        const response = await api.request(...request(bytes));
        const text = await response.text();
        const [failure] = failures.splice(0);
        if (failure !== undefined) throw failure;
        if (response.status >= 500) throw new Error(`status ${response.status}: ${text}`);
        if (response.status >= 400)
          throw new DataError(text.slice(0, 100), { code: `http.${response.status}` });
      },
      close: () => store.close(),
    };
  },
};

/** What the platform itself refuses to send is no input of ours. */
function request(bytes: Uint8Array): [Request] {
  try {
    const asked = (JSON.parse(Buffer.from(bytes).toString('utf8')) ?? {}) as Asked;
    const url = new URL(asked.path ?? '/', 'http://localhost').href;
    const init = {
      method: asked.method ?? 'GET',
      headers: asked.headers,
      body: asked.body,
    };
    return [new Request(url, init as RequestInit)];
  } catch {
    return [new Request('http://localhost/refused')];
  }
}
