import { createRoute, z } from '@hono/zod-openapi';

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
const StatusBody = z
  .object({
    current: z.string().nullable(),
    previous: z.string().nullable(),
    opensAt: z.string(),
    epoch: z.number(),
  })
  .openapi('Status');
const flag = z
  .enum(['0', '1', 'true', 'false'])
  .transform((text) => text === '1' || text === 'true');

const json = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});
const text = (description: string) => ({
  description,
  content: { 'text/plain': { schema: z.string() } },
});
const guarded = {
  401: json(ErrorBody, 'No or unknown key'),
  429: json(ErrorBody, 'Too many requests'),
  500: json(ErrorBody, 'A failure of the service'),
};
const security = [{ bearer: [] }];

export const playlistRoute = createRoute({
  method: 'get',
  path: '/v1/listeners/{id}/playlist',
  summary: "A listener's playlist of the week",
  security,
  request: {
    params: z.object({ id: z.string().min(1).max(512) }),
    query: z.object({
      explain: flag.optional().openapi({ description: 'Adds the reason of each track.' }),
      explicit: flag.optional().openapi({ description: 'false: no explicit tracks.' }),
      country: z
        .string()
        .min(1)
        .max(64)
        .optional()
        .openapi({ description: 'Market filter, and the country of the fallback; in any case.' }),
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
    ...guarded,
    503: json(ErrorBody, 'Nothing is published yet'),
  },
});

export const statusRoute = createRoute({
  method: 'get',
  path: '/v1/status',
  summary: 'The live generation',
  security,
  responses: { 200: json(StatusBody, 'Status'), ...guarded },
});

export const healthRoute = createRoute({
  method: 'get',
  path: '/healthz',
  summary: 'Whether the process answers',
  responses: { 200: text('It does') },
});

export const readyRoute = createRoute({
  method: 'get',
  path: '/readyz',
  summary: 'Whether playlists can be served',
  responses: { 200: text('They can'), 503: text('Nothing is published, or it does not open') },
});

export const metricsRoute = createRoute({
  method: 'get',
  path: '/metrics',
  summary: 'Counts and latencies in Prometheus text',
  responses: { 200: text('The metrics') },
});

export const openApiRoute = createRoute({
  method: 'get',
  path: '/openapi.json',
  summary: 'This description',
  responses: { 200: json(z.object({}).loose(), 'OpenAPI 3.1') },
});
