import { type Artifact, listArtifacts } from '../platform/index.ts';
import { listBronze } from './bronze.ts';
import { bronzeDigests } from './day/chain.ts';
import { goldDir, silverDir, snapshotDir } from './layout.ts';
import { type SilverRef } from './silver/refine.ts';

/**
 * The silver behind the snapshot with this content digest; null where it is gone. A later silver may
 * lead to the same content as of the same time: the one whose events end first is meant, so that what came
 * after it is still new; of these the one of most ingests, then by version.
 */
export function silverBehind(dataDir: string, snapshotDigest: string): SilverRef | null {
  const snapshots = withContent(snapshotDir(dataDir), new Set([snapshotDigest]));
  const tables = withContent(goldDir(dataDir), inputsOf(snapshots, 'gold'));
  const silver = withContent(silverDir(dataDir), inputsOf(tables, 'silver'));
  const ingests = ({ manifest }: Artifact): number => Object.keys(manifest.inputs).length;
  const end = ({ manifest }: Artifact): number => manifest.maxEventTime ?? 0;
  return silver.toSorted((a, b) => end(a) - end(b) || ingests(b) - ingests(a))[0] ?? null;
}

/** Whether days that this silver knows were repaired by an ingest that it does not know. */
export function missesRepair(dataDir: string, silver: SilverRef): boolean {
  const known = new Set(bronzeDigests(silver));
  return listBronze(dataDir).some(
    ({ manifest: { replaces, contentDigest } }) =>
      replaces !== null &&
      replaces.from <= (silver.manifest.maxEventTime ?? 0) &&
      !known.has(contentDigest),
  );
}

function withContent(dir: string, digests: ReadonlySet<string>): Artifact[] {
  return listArtifacts(dir).filter(({ manifest }) => digests.has(manifest.contentDigest));
}

function inputsOf(artifacts: readonly Artifact[], role: string): Set<string> {
  return new Set(artifacts.map(({ manifest }) => manifest.inputs[role] ?? ''));
}
