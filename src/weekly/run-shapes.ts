import { z } from 'zod';
import { countShape, digestShape } from '../platform/index.ts';

/** `plan.json` of a run. */
export const planShape = z.object({
  week: z.string().regex(/^\d{4}-W\d\d$/),
  asOf: z.number(),
  setting: z.string(),
  modelSet: z.string(),
  modelSetDigest: z.string(),
  selection: z.union([z.literal('all'), z.literal('active'), z.array(z.string())]),
  shards: z.array(z.array(countShape)),
});

/** `accepted/shard-N.json` of a run. */
export const acceptedShape = z.object({
  shard: countShape,
  // a folder's name: attempts that nobody accepted are removed by name
  attempt: z.string().regex(/^[\w.-]+$/),
  cpuSeconds: z.number(),
  peakMb: z.number(),
  buckets: z.array(
    z.object({
      bucket: countShape,
      file: z.string(),
      digest: digestShape,
      sha256: digestShape,
      listeners: countShape,
      ready: countShape,
      fallback: countShape,
      short: countShape,
      scoreSum: z.number(),
      exploratory: countShape,
      candidates: countShape,
    }),
  ),
});
