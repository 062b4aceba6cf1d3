import { createHash } from 'node:crypto';
import { getConnInfo } from '@hono/node-server/conninfo';
import { OpenAPIHono } from '@hono/zod-openapi';
import { type Context } from 'hono';
import { type Store } from '../platform/index.ts';
import { RateLimiter, accepted } from './limits.ts';
import { RequestMetrics } from './metrics.ts';
import { type Playlists } from './playlists.ts';
import {
  healthRoute,
  metricsRoute,
  openApiRoute,
  playlistRoute,
  readyRoute,
  statusRoute,
} from './routes.ts';

export interface ApiOptions {
  readonly store: Store;
  readonly playlists: Playlists;
  /** SHA-256 (hex) of accepted bearer tokens; empty: `/v1` asks for none. */
  readonly keyHashes: readonly string[];
  /** Per accepted key, otherwise per address of the socket. */
  readonly requestsPerMinute: number;
  readonly now: () => number;
  /** Told of what a caller only sees as "internal"; default: stderr. */
  readonly onError?: (error: Error) => void;
}

const routes = [
  playlistRoute,
  statusRoute,
  healthRoute,
  readyRoute,
  metricsRoute,
  openApiRoute,
].map(({ path }) => ({
  path,
  pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll('{id}', '[^/]+')}$`),
}));

const failure = (code: string, message: string) => ({ error: { code, message } });

/** The HTTP API over published generations. What fails inside is told to `onError`, never to a caller. */
export function createApi(options: ApiOptions) {
  const { store, playlists, keyHashes, now } = options;
  const onError =
    options.onError ?? ((error) => process.stderr.write(`${error.stack ?? error.message}\n`));
  const limiter = new RateLimiter(options.requestsPerMinute);
  const metrics = new RequestMetrics();
  const api = new OpenAPIHono({
    defaultHook: (result, c) =>
      result.success
        ? undefined
        : c.json(
            failure(
              'request.invalid',
              result.error.issues
                .map((issue) => `${issue.path.join('.')}: ${issue.message}`)
                .join('; '),
            ),
            400,
          ),
  });

  api.use('*', async (c, next) => {
    const started = performance.now();
    await next();
    const route = routes.find(({ pattern }) => pattern.test(c.req.path))?.path ?? 'other';
    metrics.observe(route, c.res.status, (performance.now() - started) / 1000);
  });
  api.use('/v1/*', async (c, next) => {
    const token = /^Bearer (\S{1,512})$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? '';
    const known = keyHashes.length > 0 && accepted(token, keyHashes);
    const caller = known
      ? `key ${createHash('sha256').update(token).digest('hex')}`
      : `address ${addressOf(c)}`;
    const wait = limiter.take(caller, now());
    if (wait > 0) {
      c.header('Retry-After', String(wait));
      return c.json(failure('rate.limited', `Too many requests; try again in ${wait} s.`), 429);
    }
    if (keyHashes.length > 0 && !known) {
      c.header('WWW-Authenticate', 'Bearer');
      return c.json(failure('auth.key', 'Send an accepted key as "Authorization: Bearer …".'), 401);
    }
    return next();
  });

  api.openapi(playlistRoute, async (c) => {
    const { id } = c.req.valid('param');
    const query = c.req.valid('query');
    const playlist = await playlists.get(
      id,
      {
        explain: query.explain ?? false,
        explicit: query.explicit ?? true,
        country: query.country?.toUpperCase() ?? null,
        blockedArtists: query.blocked_artists?.split(',').filter((artist) => artist !== '') ?? [],
      },
      now(),
    );
    if (playlist === null)
      return c.json(
        failure('generation.none', 'Nothing is published yet: run "deepcuts sunday".'),
        503,
      );
    const body = JSON.stringify(playlist);
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
    c.header('ETag', etag);
    c.header('Cache-Control', 'private, no-cache');
    const asked = c.req.header('if-none-match');
    if (
      asked !== undefined &&
      asked.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag || tag.trim() === '*')
    )
      return c.body(null, 304);
    // the text that was hashed, not a second serialisation of it
    return c.body(body, 200, { 'Content-Type': 'application/json; charset=UTF-8' }) as never;
  });

  api.openapi(statusRoute, async (c) => {
    const { current, previous, opensAt, epoch } = await store.pointer();
    return c.json({ current, previous, opensAt: new Date(opensAt).toISOString(), epoch }, 200);
  });
  api.openapi(healthRoute, (c) => c.text('ok', 200));
  api.openapi(readyRoute, async (c) => {
    try {
      if ((await playlists.live(now())) !== null) return c.text('ok', 200);
    } catch (error) {
      onError(asError(error));
      return c.text('the published generation does not open', 503);
    }
    return c.text('nothing published', 503);
  });
  api.openapi(metricsRoute, async (c) => {
    const pointer = await store.pointer();
    return c.text(
      metrics.text({
        pointer_epoch: pointer.epoch,
        generation_opens_at_seconds: pointer.opensAt / 1000,
      }),
      200,
      { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' },
    );
  });
  api.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
  });
  const description = { openapi: '3.1.0', info: { title: 'Deepcuts', version: '1' } };
  api.openapi(openApiRoute, (c) => c.json(api.getOpenAPI31Document(description), 200));
  api.notFound((c) =>
    c.json(
      failure(
        'route.unknown',
        `There is no ${c.req.method} ${c.req.path.slice(0, 200)}. The routes are in /openapi.json.`,
      ),
      404,
    ),
  );
  api.onError((error, c) => {
    onError(error);
    return c.json(failure('internal', 'The service failed; its log says why.'), 500);
  });
  return api;
}

/** The address at the other end of the socket; headers that a caller can write are not believed. */
function addressOf(c: Context): string {
  try {
    return getConnInfo(c).remote.address ?? 'local';
  } catch {
    return 'local';
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
