import { join } from 'node:path';
import { snapshotFiles } from '../lake/index.ts';
import { type Item2vecParams, kernelVersion, trainItem2vec } from '../native/index.ts';
import { type Artifact, ColFile, type Json, buildArtifact } from '../platform/index.ts';
import { itemVectorsDir } from './vector-base.ts';

/**
 * Skip-gram on what people play and put together; chosen on tuning weeks. The negative exponent makes
 * rare tracks as likely a negative as hits (Caselles-Dupré et al. 2018).
 */
export const defaultItem2vec: Item2vecParams = {
  dimensions: 64,
  window: 5,
  negatives: 5,
  epochs: 20,
  exponent: -0.5,
  subsample: 0,
  shards: 1,
  seed: 1,
};

/** Fewest epochs that a limit on words leaves. */
const leastEpochs = 3;

/** The vectors' file of an `item2vec` artifact. */
export function itemVectorsFile(vectors: Artifact): string {
  return join(vectors.path, 'item2vec.col');
}

/**
 * Track vectors of a snapshot, from its sessions and its playlists (artifact `item2vec`). `warm`: earlier
 * vectors to start from, an input like any other. Where nothing was played the rows are zeros.
 * `mostWords` (plays and playlist places times epochs) takes epochs away where there are many: large
 * corpora need fewer.
 */
export async function trainItemVectors(
  dataDir: string,
  snapshot: Artifact,
  wanted: Item2vecParams = defaultItem2vec,
  mostWords = Number.POSITIVE_INFINITY,
  warm: Artifact | null = null,
): Promise<Artifact> {
  const { asOf, contentDigest, maxEventTime } = snapshot.manifest;
  const { catalogue, sessions, playlists } = snapshotFiles(snapshot);
  const words = sessions
    .map((file) => ColFile.open(file).length('session.track'))
    .reduce((sum, n) => sum + n, ColFile.open(playlists).length('playlist.track'));
  const epochs = Math.min(
    wanted.epochs ?? 1,
    Math.max(leastEpochs, Math.floor(mostWords / Math.max(1, words))),
  );
  const params = { ...wanted, epochs };
  const identity = {
    kind: 'item2vec',
    schema: 1,
    asOf,
    inputs: {
      snapshot: contentDigest,
      ...(warm === null ? {} : { warm: warm.manifest.contentDigest }),
    },
    config: { ...params, kernel: kernelVersion() } as Json,
    seed: params.seed ?? 1,
  };
  return buildArtifact(itemVectorsDir(dataDir), identity, async (dir) => {
    const digest = await trainItem2vec({
      params,
      catalogue,
      sessions,
      playlists,
      warm: warm === null ? undefined : itemVectorsFile(warm),
      out: join(dir, 'item2vec.col'),
    });
    return { maxEventTime, contentDigest: digest };
  });
}
