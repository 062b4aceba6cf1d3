import { join } from 'node:path';
import { type BucketResult, Model, type Selection } from '../native/index.ts';
import { snapshotFiles } from '../lake/index.ts';
import { type OpenModelSet } from './model-set.ts';

/** One bucket's lists: the file, and what the crate counted. */
export interface BucketLists extends BucketResult {
  readonly bucket: number;
  readonly file: string;
}

/** Name of a bucket's file of lists within its folder. */
export function listsFile(bucket: number): string {
  return `lists-${String(bucket).padStart(4, '0')}.col`;
}

/**
 * Makes the lists of the buckets, one after the other, all cores on each. A list is a function of
 * (listener record, model set): the block size and the grouping of buckets never change a byte.
 */
export class ShardJob {
  private readonly model: Model;
  private readonly listeners: readonly string[];

  constructor(modelSet: OpenModelSet, options: { readonly block?: number } = {}) {
    this.model = new Model({
      ...modelSet.spec,
      ...(options.block === undefined ? {} : { block: options.block }),
    });
    this.listeners = snapshotFiles(modelSet.snapshot).listeners;
  }

  get buckets(): number {
    return this.listeners.length;
  }

  /** Listeners finished by this job. */
  get progress(): number {
    return this.model.progress;
  }

  stop(): void {
    this.model.stop();
  }

  async bucket(bucket: number, outDir: string, selection: Selection): Promise<BucketLists> {
    const file = join(outDir, listsFile(bucket));
    const result = await this.model.scoreBucket(this.listeners[bucket] as string, file, selection);
    return { ...result, bucket, file };
  }
}
