import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { ArtifactError, ConfigError } from '../domain/index.ts';
import { readJson, sweepTemporaries, writeFileOnce } from '../platform/index.ts';

/** What never changes in the life of a lake. */
export interface LakeProperties {
  readonly schema: 1;
  /** Number of listener buckets. */
  readonly buckets: number;
}

/** Tables of bronze, in the order they are read. */
export const bronzeTables = ['events', 'tracks', 'listeners', 'playlists', 'blocks'] as const;
export type BronzeTable = (typeof bronzeTables)[number];

const defaultBuckets = 16;
const mostBuckets = 65_536;
const propertiesShape = z.object({
  schema: z.literal(1),
  buckets: z.number().int().min(1).max(mostBuckets),
});

export const bronzeDir = (dataDir: string): string => join(dataDir, 'lake', 'bronze');
export const silverDir = (dataDir: string): string => join(dataDir, 'lake', 'silver');
export const dayDir = (dataDir: string): string => join(dataDir, 'lake', 'day');
export const goldDir = (dataDir: string): string => join(dataDir, 'lake', 'gold');
export const snapshotDir = (dataDir: string): string => join(dataDir, 'artifacts', 'snapshot');

/**
 * The lake's properties; written on first use. A bucket count other than the lake's is a ConfigError.
 */
export function lakeProperties(dataDir: string, buckets?: number): LakeProperties {
  const path = join(dataDir, 'lake', 'lake.json');
  sweepTemporaries(dirname(path), path);
  if (!existsSync(path)) {
    const count = buckets ?? defaultBuckets;
    if (!Number.isInteger(count) || count < 1 || count > mostBuckets)
      throw new ConfigError(`${count} is not a number of buckets.`, {
        code: 'lake.buckets',
        remedy: 'Choose a whole number from 1 to 65,536.',
      });
    mkdirSync(join(dataDir, 'lake'), { recursive: true });
    writeFileOnce(path, `${JSON.stringify({ schema: 1, buckets: count })}\n`);
  }
  const properties = readJson(path, propertiesShape, (_, cause) => damaged(path, cause));
  if (buckets !== undefined && buckets !== properties.buckets)
    throw new ConfigError(
      `The lake in ${dataDir} has ${properties.buckets} buckets, not ${buckets}.`,
      { code: 'lake.buckets', remedy: 'Leave the number out, or start a new data folder.' },
    );
  return properties;
}

function damaged(path: string, cause: unknown): ArtifactError {
  return new ArtifactError(`${path} does not describe a lake of this version.`, {
    code: 'lake.properties',
    remedy: 'Restore it, or start a new data folder.',
    cause,
  });
}
