import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { inside, sha256OfFile, syncPath } from '../platform/index.ts';
import { ShardJob, openModelSet } from '../scoring/index.ts';
import {
  type Accepted,
  type AcceptedBucket,
  type Plan,
  attemptFile,
  readPlan,
} from './run-folder.ts';

/** What a shard worker process does: opens the run's model set once, then makes shards by number. */
export class ShardTask {
  private readonly runPath: string;
  private readonly plan: Plan;
  private readonly job: ShardJob;

  private constructor(runPath: string, plan: Plan, job: ShardJob) {
    this.runPath = runPath;
    this.plan = plan;
    this.job = job;
  }

  static async open(
    dataDir: string,
    runPath: string,
    options: { readonly block?: number },
  ): Promise<ShardTask> {
    const plan = readPlan(runPath);
    const modelSet = await openModelSet(dataDir, inside(dataDir, plan.modelSet));
    return new ShardTask(runPath, plan, new ShardJob(modelSet, options));
  }

  /** Listeners finished by this process. */
  get progress(): number {
    return this.job.progress;
  }

  /** Makes one shard under an attempt of its own; the result counts once the driver has recorded it. */
  async run(shard: number): Promise<Accepted> {
    const attempt = `${shard}-${process.pid}-${randomBytes(4).toString('hex')}`;
    const dir = join(this.runPath, 'attempts', attempt);
    mkdirSync(dir, { recursive: true });
    const buckets: AcceptedBucket[] = [];
    const before = process.cpuUsage();
    for (const bucket of this.plan.shards[shard] ?? []) {
      const lists = await this.job.bucket(bucket, dir, this.plan.selection);
      const { digest, listeners, ready, fallback, short, scoreSum, exploratory, candidates } =
        lists;
      const sha256 = await sha256OfFile(lists.file);
      const file = attemptFile(attempt, bucket);
      buckets.push({
        bucket,
        file,
        digest,
        sha256,
        listeners,
        ready,
        fallback,
        short,
        scoreSum,
        exploratory,
        candidates,
      });
    }
    syncPath(dir);
    const { user, system } = process.cpuUsage(before);
    const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
    return { shard, attempt, cpuSeconds: (user + system) / 1e6, peakMb, buckets };
  }
}
