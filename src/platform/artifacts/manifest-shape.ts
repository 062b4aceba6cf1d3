import { z } from 'zod';
import { type Json } from './canonical-json.ts';

/** Epoch ms that a date can hold. */
export const instantShape = z.number().min(-8.64e15).max(8.64e15);
/** A SHA-256 in lower-case hex. */
export const digestShape = z.string().regex(/^[0-9a-f]{64}$/);
/** A count of things. */
export const countShape = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** `manifest.json` of an artifact; fields of later versions stay. */
export const manifestShape = z.looseObject({
  kind: z.string(),
  version: z.string(),
  schema: z.number(),
  asOf: instantShape.nullable(),
  inputs: z.record(z.string(), z.string()),
  config: z.custom<Json>((value) => value !== undefined),
  configDigest: z.string(),
  seed: z.number(),
  maxEventTime: instantShape.nullable(),
  contentDigest: digestShape,
  counts: z.record(z.string(), z.number()),
  files: z.record(z.string(), z.object({ bytes: countShape, sha256: digestShape })),
});
