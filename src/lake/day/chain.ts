import { type Artifact, listArtifacts } from '../../platform/index.ts';
import { dayDir } from '../layout.ts';
import { type SilverRef } from '../silver/refine.ts';

/** Content digests of the ingests that silver or a day holds. */
export function bronzeDigests({ manifest }: Artifact): string[] {
  return Object.entries(manifest.inputs)
    .filter(([role]) => role.startsWith('bronze:'))
    .map(([, digest]) => digest);
}

/** The days that stand on this silver, oldest first; each names the one before it. */
export function dayChain(dataDir: string, silver: SilverRef): Artifact[] {
  const all = listArtifacts(dayDir(dataDir)).filter(
    ({ manifest }) => manifest.inputs['silver'] === silver.manifest.contentDigest,
  );
  const chain: Artifact[] = [];
  const left = new Set(all);
  for (;;) {
    const before = chain.at(-1)?.manifest.contentDigest;
    const next = [...left].find(({ manifest }) => manifest.inputs['previous'] === before);
    if (next === undefined) return chain;
    left.delete(next);
    chain.push(next);
  }
}
