import { join } from 'node:path';
import { Model } from '../native/index.ts';
import { ColFile } from '../platform/index.ts';
import { type Retrieval, retrievalSpec } from '../retrieval/index.ts';
import { type CoreTime } from './core-time.ts';
import { inScratch } from './methods.ts';
import { type Variant } from './next-track-variants.ts';
import { type HistoryRows, type PrefixBucket, writePrefixBucket } from './prefix-bucket.ts';
import { type PrefixQuery } from './prefix-queries.ts';
import { type SessionKnn } from './session-knn.ts';

/** Everything of one point that lists are made from. */
export interface OpenPoint {
  readonly at: number;
  readonly sessions: number;
  readonly queries: readonly PrefixQuery[];
  readonly recording: Uint32Array;
  readonly history: ReadonlyMap<string, HistoryRows>;
  readonly knn: SessionKnn;
  readonly singles: Retrieval;
  readonly fusions: readonly Fusion[];
}

/** Ours: the sources of a recipe merged by reciprocal-rank fusion. */
export interface Fusion {
  readonly name: string;
  readonly retrieval: Retrieval;
  /** Whether the listener's history stands behind the prefix. */
  readonly behind: boolean;
}

export interface MethodLists {
  readonly name: string;
  readonly isOurs: boolean;
  /** A list per query. */
  readonly tracks: readonly (readonly number[])[];
}

/** The `k` best tracks by every method for every query of a point. */
export async function methodLists(
  point: OpenPoint,
  queries: readonly PrefixQuery[],
  variant: Variant,
  { measure }: CoreTime,
  k: number,
): Promise<MethodLists[]> {
  const { recording, knn, singles, fusions } = point;
  return inScratch(async (dir) => {
    const bucket = async (name: string, rows: PrefixBucket['history']): Promise<string> => {
      const path = join(dir, `${name}.col`);
      const heard = (query: PrefixQuery) => variant.heard(query, recording);
      await writePrefixBucket(path, queries, {
        at: Math.floor(point.at / 1000),
        heard,
        history: rows,
      });
      return path;
    };
    const prefix = await bucket('prefix', null);
    const history = await bucket('history', ({ user }) => point.history.get(user));
    const found: MethodLists[] = [];
    const add = async (name: string, isOurs: boolean, run: (out: string) => Promise<void>) => {
      const out = join(dir, 'lists.col');
      await measure(name, () => run(out));
      found.push({ name, isOurs, tracks: readLists(out) });
    };
    const alone = new Model(retrievalSpec(singles, point.at));
    const { sources, vectorSources } = singles;
    for (const [i, { definition }] of [...sources, ...vectorSources].entries())
      await add(titleOf(definition.name), false, (out) =>
        alone.baselineBucket(i, k, prefix, out, 'all'),
      );
    const ranked = await measure(knnName, async () =>
      queries.map((query) => {
        const heard = new Set(variant.heard(query, recording));
        return knn.rank(query.prefix, k, (track) => !heard.has(recording[track] as number));
      }),
    );
    found.push({ name: knnName, isOurs: false, tracks: ranked });
    for (const { name, retrieval, behind } of fusions) {
      const merged = retrieval.sources.length + retrieval.vectorSources.length;
      const together = new Model(retrievalSpec(retrieval, point.at));
      await add(name, true, (out) =>
        together.baselineBucket(merged, k, behind ? history : prefix, out, 'all'),
      );
    }
    return found;
  });
}

const knnName = 'session kNN (V-SKNN)';

function titleOf(name: string): string {
  return name === 'item2vec' ? 'item2vec of the prefix' : name;
}

function readLists(path: string): number[][] {
  const col = ColFile.open(path);
  const [offsets, tracks] = [col.u32('list.off'), col.u32('list.track')];
  return Array.from({ length: offsets.length - 1 }, (_, i) =>
    Array.from(tracks.subarray(offsets[i], offsets[i + 1])),
  );
}
