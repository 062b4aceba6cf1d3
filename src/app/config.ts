import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../domain/index.ts';
import { artistEncodings, engineNames } from '../ranking/index.ts';
import { nearest } from './nearest.ts';

const positive = z.number().int().positive();

/** Every setting of `deepcuts.toml`, with its default and what it does. */
export const configSchema = z.strictObject({
  seed: z.number().int().min(0).max(0xffff_ffff).default(1).describe('Seed of everything random.'),
  lake: z
    .strictObject({
      buckets: positive
        .max(65_536)
        .default(16)
        .describe('Listener buckets; fixed by the first ingest.'),
      training_days: positive.default(90).describe('Days with events that training reads.'),
      memory_mb: z
        .number()
        .int()
        .min(0)
        .default(0)
        .describe('Memory of the SQL engine; 0: at most 1,024, less where less may be used.'),
    })
    .prefault({}),
  features: z
    .strictObject({
      history_tracks: positive
        .max(10_000)
        .default(250)
        .describe('Distinct tracks kept in a listener record.'),
      item2vec_words: positive
        .default(50_000_000)
        .describe('Plays that item2vec is trained on, times epochs; beyond it epochs are fewer.'),
      min_plays: positive.default(5).describe('Plays below which a listener gets the fallback.'),
      item_vectors: z
        .enum(['retrain', 'daily'])
        .default('retrain')
        .describe('Item vectors of a chain: trained anew, or the last ones moved by daily runs.'),
      hygiene: z
        .boolean()
        .default(true)
        .describe('Sets bots and sessions that are of other people aside before training.'),
      hygiene_keep: z
        .array(z.string().min(1))
        .default([])
        .describe('Listeners of whom nothing is ever set aside.'),
    })
    .prefault({}),
  retrieval: z
    .strictObject({
      recipe: z
        .enum(['counts', 'item2vec', 'towers'])
        .default('towers')
        .describe('What finds candidates: counts alone, with item vectors, with towers too.'),
      tuned: z
        .boolean()
        .default(false)
        .describe('Takes the parameters that "deepcuts tune" chose for this data folder.'),
      tower_pairs: positive
        .default(1_000_000)
        .describe('Pairs the towers are trained on, times epochs; beyond it moments are sampled.'),
    })
    .prefault({}),
  ranking: z
    .strictObject({
      engine: z
        .enum(engineNames)
        .default('lightgbm')
        .describe('What trains the ranker: lightgbm (binary), lambdarank (LightGBM) or xgboost.'),
      artist: z
        .enum(artistEncodings)
        .default('target')
        .describe("How an artist's id enters it: its positive rate (target), a hash, or none."),
      label_days: z
        .number()
        .positive()
        .max(60)
        .default(7)
        .describe('Days of labels behind a cut point.'),
      negatives: positive.default(100).describe('Candidates without outcome kept per listener.'),
      max_examples: positive
        .default(250_000)
        .describe('Training rows at most; beyond it listeners are sampled.'),
    })
    .prefault({}),
  playlist: z
    .strictObject({
      setting: z
        .enum(['accurate', 'balanced', 'adventurous'])
        .default('balanced')
        .describe('How lists are put together.'),
    })
    .prefault({}),
  batch: z
    .strictObject({
      shards: positive.default(4).describe('Shards of a Sunday; never changes a list.'),
      workers: positive
        .max(256)
        .default(1)
        .describe('Worker processes; each uses all its threads.'),
      threads: z.number().int().min(0).default(0).describe('Threads per worker; 0: all cores.'),
      block: positive.default(64).describe('Listeners per task; never changes a list.'),
    })
    .prefault({}),
  gate: z
    .strictObject({
      min_lists_share: z
        .number()
        .min(0)
        .max(1)
        .default(0.99)
        .describe('Least share of planned lists that must exist.'),
      max_short_share: z
        .number()
        .min(0)
        .max(1)
        .default(0.01)
        .describe('Most lists shorter than 30.'),
      min_score_ratio: z
        .number()
        .min(0)
        .default(0.4)
        .describe('Least mean score over that of the live week.'),
      max_score_ratio: z
        .number()
        .min(0)
        .default(2.5)
        .describe('Most mean score over that of the live week.'),
      max_overlap: z
        .number()
        .min(0)
        .max(1)
        .default(0.9)
        .describe('Most of a list that may stand in the live one.'),
      min_count_ratio: z
        .number()
        .min(0)
        .default(0.5)
        .describe('Least listeners over those of the live week.'),
    })
    .prefault({}),
  serving: z
    .strictObject({
      host: z.string().default('127.0.0.1').describe('Address to listen on.'),
      port: z.number().int().min(0).max(65_535).default(8787).describe('Port; 0: any free one.'),
      key_hashes: z
        .array(z.string().regex(/^[0-9a-f]{64}$/))
        .default([])
        .describe('SHA-256 of accepted bearer tokens; empty: no key asked.'),
      requests_per_minute: positive
        .default(6000)
        .describe('Requests per key (or address) and minute.'),
    })
    .prefault({}),
});

export type Config = z.infer<typeof configSchema>;

/** Reads `deepcuts.toml` (of the data folder unless a path is given); an absent one gives the defaults. */
export async function readConfig(dataDir: string, path?: string): Promise<Config> {
  const file = path ?? join(dataDir, 'deepcuts.toml');
  if (!existsSync(file)) {
    if (path !== undefined)
      throw new ConfigError(`${path} does not exist.`, {
        code: 'config.missing',
        remedy: 'Write one with "deepcuts init DIR".',
      });
    return configSchema.parse({});
  }
  const { TomlError, parse } = await import('smol-toml');
  let raw: unknown;
  try {
    raw = parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const line = cause instanceof TomlError ? `, line ${cause.line}` : '';
    throw new ConfigError(
      `${file}${line}: ${cause instanceof Error ? cause.message.split('\n')[0] : String(cause)}.`,
      { code: 'config.toml', remedy: 'Mend that line; text stands in quotes.', cause },
    );
  }
  return checkConfig(raw, file);
}

/** Checks a parsed configuration; the first problem is named with its key, and the nearest known one. */
export function checkConfig(raw: unknown, file: string): Config {
  const result = configSchema.safeParse(raw);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  if (issue?.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const at = [...issue.path.map(String), key].join('.');
    const known = nearest(at, knownKeys());
    throw new ConfigError(`${file}: unknown key "${at}".`, {
      code: 'config.unknown_key',
      remedy: `Did you mean "${known}"?`,
    });
  }
  const at = issue?.path.map(String).join('.') ?? '';
  throw new ConfigError(
    `${file}: ${at === '' ? '' : `"${at}": `}${issue?.message ?? 'not valid'}.`,
    {
      code: 'config.invalid',
      remedy: 'See the comments that "deepcuts init" writes.',
    },
  );
}

/** The JSON Schema of `deepcuts.toml`. */
export function configJsonSchema(): unknown {
  return z.toJSONSchema(configSchema, { io: 'input' });
}

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly description?: string;
  readonly default?: unknown;
}

function knownKeys(): string[] {
  const keys: string[] = [];
  const walk = (node: SchemaNode, path: string): void => {
    for (const [name, child] of Object.entries(node.properties ?? {})) {
      const at = path === '' ? name : `${path}.${name}`;
      keys.push(at);
      walk(child, at);
    }
  };
  walk(configJsonSchema() as SchemaNode, '');
  return keys;
}

/** A `deepcuts.toml` in which every setting stands commented out with its default. */
export function configTemplate(): string {
  const lines = [
    '# Settings of Deepcuts. Every line is optional; what stands behind # is the default.',
    '',
  ];
  const root = (configJsonSchema() as SchemaNode).properties ?? {};
  const setting = (name: string, node: SchemaNode): void => {
    lines.push(`# ${node.description ?? ''}`, `# ${name} = ${JSON.stringify(node.default)}`, '');
  };
  for (const [name, node] of Object.entries(root))
    if (node.properties === undefined) setting(name, node);
  for (const [name, node] of Object.entries(root)) {
    if (node.properties === undefined) continue;
    lines.push(`[${name}]`);
    for (const [key, child] of Object.entries(node.properties)) setting(key, child);
  }
  return `${lines.join('\n').trimEnd()}\n`;
}
