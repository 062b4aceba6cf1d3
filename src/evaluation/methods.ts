import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Model } from '../native/index.ts';
import { type Artifact, ColFile } from '../platform/index.ts';
import { decodeList } from '../playlist/index.ts';
import { snapshotFiles } from '../lake/index.ts';
import {
  type SourceDefinition,
  baselineSources,
  defaultFactors,
  factorSource,
  prepareRetrieval,
  retrievalSpec,
} from '../retrieval/index.ts';
import { type BucketLists, type OpenModelSet, ShardJob } from '../scoring/index.ts';
import { type Measure, unmeasured } from './core-time.ts';

/** Ranked tracks per listener. */
export type Lists = ReadonlyMap<string, readonly number[]>;

/** Lists of the named listeners by a model set, with their reserve if asked: the very path of the Sunday. */
export async function chainLists(
  modelSet: OpenModelSet,
  users: readonly string[],
  options: {
    readonly reserve?: boolean;
    /** Runs the native calls. */
    readonly measure?: (work: () => Promise<BucketLists>) => Promise<BucketLists>;
  } = {},
): Promise<Lists> {
  const { measure = (work) => work() } = options;
  return inScratch(async (dir) => {
    const job = new ShardJob(modelSet);
    const lists = new Map<string, readonly number[]>();
    for (let bucket = 0; bucket < job.buckets; bucket++) {
      const { file } = await measure(() => job.bucket(bucket, dir, users));
      const col = ColFile.open(file);
      const values = col.u8('value');
      const ids = col.strings('user_id');
      const size = ids.length === 0 ? 0 : values.length / ids.length;
      for (const [i, user] of ids.entries()) {
        const { tracks, reserve } = decodeList(values.subarray(i * size, (i + 1) * size));
        lists.set(
          user,
          [...tracks, ...(options.reserve === true ? reserve : [])].map((slot) => slot.track),
        );
      }
    }
    return lists;
  });
}

/** History rows up to which implicit ALS stands among the baselines: seconds of one core. */
const factorRows = 1_000_000;
/** History rows times their mean per listener up to which EASE does. */
const easeCost = 100_000_000;

/** Which of the baselines that are slow to train stay cheap on a snapshot. */
function affordable(snapshot: Artifact): { readonly factors: boolean; readonly ease: boolean } {
  let [rows, listeners] = [0, 0];
  for (const path of snapshotFiles(snapshot).listeners) {
    const file = ColFile.open(path);
    rows += file.length('hist.track');
    listeners += file.length('seed');
  }
  return {
    factors: rows <= factorRows,
    ease: (rows * rows) / Math.max(1, listeners) <= easeCost,
  };
}

/**
 * Every baseline's ranking for the named listeners, by the baseline's name; `wanted` may leave out
 * some. EASE and implicit ALS are left out of snapshots on which they would take minutes.
 */
export async function baselineLists(
  dataDir: string,
  snapshot: Artifact,
  users: readonly string[],
  measure: Measure = unmeasured,
  wanted: (definition: SourceDefinition) => boolean = () => true,
): Promise<ReadonlyMap<string, Lists>> {
  const cheap = affordable(snapshot);
  const recipe = {
    sources: baselineSources.filter(
      (definition) => wanted(definition) && (cheap.ease || definition.recipe.kind !== 'ease'),
    ),
    item2vec: null,
    towers: null,
    ...(cheap.factors ? { factors: defaultFactors } : {}),
    vectorSources: cheap.factors ? [{ ...factorSource, name: 'iALS' }] : [],
  };
  const retrieval = await prepareRetrieval(dataDir, snapshot, recipe, { words: 0, pairs: 0 });
  const methods = [...retrieval.sources, ...retrieval.vectorSources];
  const model = new Model(retrievalSpec(retrieval, snapshot.manifest.asOf ?? 0));
  return inScratch(async (dir) => {
    const all = new Map<string, Lists>();
    for (const [i, { definition }] of methods.entries()) {
      const lists = new Map<string, readonly number[]>();
      for (const bucket of snapshotFiles(snapshot).listeners) {
        const out = join(dir, 'lists.col');
        await measure(definition.name, () => model.baselineBucket(i, 60, bucket, out, users));
        const col = ColFile.open(out);
        const [offsets, tracks] = [col.u32('list.off'), col.u32('list.track')];
        for (const [row, user] of col.strings('user_id').entries())
          lists.set(user, Array.from(tracks.subarray(offsets[row], offsets[row + 1])));
      }
      all.set(definition.name, lists);
    }
    return all;
  });
}

export async function inScratch<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'deepcuts-evaluation-'));
  try {
    return await work(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
