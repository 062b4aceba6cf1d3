import { join } from 'node:path';
import { ArtifactError } from '../../domain/index.ts';
import { type Artifact, type Sql, requireAsOf, statementsOf } from '../../platform/index.ts';
import { type SilverRef } from '../silver/refine.ts';

const history = statementsOf(new URL('history.sql', import.meta.url));

/** Flags must be of the same plays and know nothing at or after `asOf`; else an ArtifactError. */
export function requireFlags(flags: Artifact, silver: SilverRef, asOf: number): void {
  const { kind, version, inputs } = flags.manifest;
  requireAsOf(flags, asOf);
  if (inputs['silver'] === silver.manifest.contentDigest) return;
  throw new ArtifactError(`${kind} ${version} is not of the silver in ${silver.path}.`, {
    code: 'gold.flags',
    remedy: 'Make the flags from the same silver.',
  });
}

/** Makes `flagged_listeners` and `aside`, which history's statements leave out; empty without flags. */
export async function openFlags(sql: Sql, flags: Artifact | null): Promise<void> {
  for (const name of ['sessions', 'listeners'])
    if (flags === null) await sql.view(`flagged_${name}`, history('nothing_aside'));
    else await sql.parquet(`flagged_${name}`, [join(flags.path, `${name}.parquet`)]);
  await sql.table('aside', history('aside'));
}
