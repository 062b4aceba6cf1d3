import { createHash } from 'node:crypto';
import { OpenAPIHono, createRoute, z } from '@hono/zod-openapi';
import { type Store } from '../platform/index.ts';
import { RateLimiter, accepted } from './limits.ts';
import { RequestMetrics } from './metrics.ts';
import { type Playlists } from './playlists.ts';

export interface ApiOptions {
  readonly store: Store;
  readonly playlists: Playlists;
  readonly keyHashes: readonly string[];
  readonly requestsPerMinute: number;
  readonly now: () => number;
}

const ErrorBody = z
  .object({ error: z.object({ code: z.string(), message: z.string() }) })
  .openapi('Error');
const Because = z.object({ trackId: z.string(), title: z.string(), artist: z.string() });
const Track = z
  .object({
    position: z.number().int(),
    trackId: z.string(),
    title: z.string(),
    artistId: z.string(),
    artist: z.string(),
    durationMs: z.number().int().nullable(),
    explicit: z.boolean(),
    releasedOn: z.string().nullable(),
    score: z.number(),
    source: z.string(),
    propensity: z.number(),
    reason: z.string().optional(),
    because: z.array(Because).optional(),
  })
  .openapi('Track');
const PlaylistBody = z
  .object({
    listener: z.string(),
    week: z.string().openapi({ example: '2026-W48' }),
    generation: z.string(),
    status: z.enum(['ready', 'carried_over', 'fallback']),
    nextAt: z.string(),
    tracks: z.array(Track),
  })
  .openapi('Playlist');
const flag = z
  .enum(['0', '1', 'true', 'false'])
  .transform((text) => text === '1' || text === 'true');

const json = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});

const playlistRoute = createRoute({
  method: 'get',
  path: '/v1/listeners/{id}/playlist',
  summary: "A listener's playlist of the week",
  request: {
    params: z.object({ id: z.string().min(1).max(512) }),
    query: z.object({
      explain: flag.optional().openapi({ description: 'Adds the reason of each track.' }),
      explicit: flag.optional().openapi({ description: 'false: no explicit tracks.' }),
      country: z
        .string()
        .max(8)
        .optional()
        .openapi({ description: 'Market filter, and the country of the fallback.' }),
      blocked_artists: z
        .string()
        .max(4000)
        .optional()
        .openapi({ description: 'Artist ids, comma-separated.' }),
    }),
  },
  responses: {
    200: json(PlaylistBody, 'The playlist'),
    304: { description: 'Not changed since the ETag' },
    400: json(ErrorBody, 'Bad request'),
    401: json(ErrorBody, 'No or unknown key'),
    429: json(ErrorBody, 'Too many requests'),
    503: json(ErrorBody, 'Nothing is published yet'),
  },
});

const statusRoute = createRoute({
  method: 'get',
  path: '/v1/status',
  summary: 'The live generation',
  responses: {
    200: {
      description: 'Status',
      content: {
        'application/json': {
          schema: z.object({
            current: z.string().nullable(),
            previous: z.string().nullable(),
            opensAt: z.string(),
            epoch: z.number(),
          }),
        },
      },
    },
  },
});

const failure = (code: string, message: string) => ({ error: { code, message } });

/** The HTTP API over published generations. */
export function createApi(options: ApiOptions) {
  const { store, playlists, keyHashes, now } = options;
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
    metrics.observe(
      c.req.path.startsWith('/v1/listeners/')
        ? '/v1/listeners/{id}/playlist'
        : c.req.path.slice(0, 64).replaceAll(/[^\w/.-]/g, ''),
      c.res.status,
      (performance.now() - started) / 1000,
    );
  });
  api.use('/v1/*', async (c, next) => {
    const token = /^Bearer (\S{1,512})$/.exec(c.req.header('authorization') ?? '')?.[1] ?? '';
    if (keyHashes.length > 0 && !accepted(token, keyHashes)) {
      c.header('WWW-Authenticate', 'Bearer');
      return c.json(failure('auth.key', 'Send an accepted key as "Authorization: Bearer …".'), 401);
    }
    const caller =
      token === ''
        ? (c.req.header('x-forwarded-for') ?? 'local')
        : createHash('sha256').update(token).digest('hex');
    const wait = limiter.take(caller, now());
    if (wait > 0) {
      c.header('Retry-After', String(wait));
      return c.json(failure('rate.limited', `Too many requests; try again in ${wait} s.`), 429);
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
        country: query.country ?? null,
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
    return c.body(body, 200, { 'Content-Type': 'application/json; charset=UTF-8' }) as never;
  });

  api.openapi(statusRoute, async (c) => {
    const { current, previous, opensAt, epoch } = await store.pointer();
    return c.json({ current, previous, opensAt: new Date(opensAt).toISOString(), epoch }, 200);
  });
  api.get('/healthz', (c) => c.text('ok'));
  api.get('/readyz', async (c) =>
    (await playlists.live(now())) === null ? c.text('nothing published', 503) : c.text('ok'),
  );
  api.get('/metrics', async (c) => {
    const pointer = await store.pointer();
    return c.text(
      metrics.text({
        pointer_epoch: pointer.epoch,
        generation_opens_at_seconds: pointer.opensAt / 1000,
      }),
    );
  });
  api.doc31('/openapi.json', { openapi: '3.1.0', info: { title: 'Deepcuts', version: '1' } });
  api.notFound((c) =>
    c.json(
      failure(
        'route.unknown',
        `There is no ${c.req.method} ${c.req.path}. The routes are in /openapi.json.`,
      ),
      404,
    ),
  );
  api.onError((error, c) => c.json(failure('internal', error.message), 500));
  return api;
}
