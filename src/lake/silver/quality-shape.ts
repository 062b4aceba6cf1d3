import { z } from 'zod';
import { countShape, instantShape } from '../../platform/index.ts';

const kinds = ['not null', 'range', 'uniqueness', 'referential', 'freshness', 'volume'] as const;

/** `quality.json` of a silver artifact. */
export const qualityShape = z.object({
  schema: z.literal(1),
  clock: z.boolean(),
  newestIngest: instantShape,
  spans: z.array(z.object({ start: instantShape, end: instantShape })),
  expectations: z.array(
    z.object({
      table: z.string(),
      name: z.string(),
      kind: z.enum(kinds),
      rows: countShape,
      failed: countShape,
      passed: z.boolean(),
      action: z.enum(['quarantined', 'removed', 'blanked', 'kept']),
    }),
  ),
  quarantine: z.array(z.object({ table: z.string(), reason: z.string(), rows: countShape })),
  bots: z.object({ listenerDays: countShape, listeners: countShape, plays: countShape }),
  repeatedEvents: countShape,
});
