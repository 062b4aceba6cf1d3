import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ArtifactError, NotFoundError } from '../domain/index.ts';
import {
  type Json,
  digestJson,
  inside,
  parseJson,
  readJson,
  sha256OfFile,
  writeFileAtomic,
} from '../platform/index.ts';
import { listsFile } from '../scoring/index.ts';
import { acceptedShape, planShape } from './run-shapes.ts';

/** What a Sunday will do; its digest names the run, so the same request continues the same run. */
export interface Plan {
  readonly week: string;
  readonly asOf: number;
  readonly setting: string;
  /** Path of the model set below the data folder, and its content digest. */
  readonly modelSet: string;
  readonly modelSetDigest: string;
  readonly selection: 'all' | 'active' | readonly string[];
  /** Buckets of each shard. */
  readonly shards: readonly (readonly number[])[];
}

/** One bucket as its accepted attempt left it. */
export interface AcceptedBucket {
  readonly bucket: number;
  readonly file: string;
  readonly digest: string;
  readonly sha256: string;
  readonly listeners: number;
  readonly ready: number;
  readonly fallback: number;
  readonly short: number;
  readonly scoreSum: number;
  readonly exploratory: number;
  readonly candidates: number;
}

export interface Accepted {
  readonly shard: number;
  readonly attempt: string;
  readonly cpuSeconds: number;
  /** Largest memory of the worker so far. */
  readonly peakMb: number;
  readonly buckets: readonly AcceptedBucket[];
}

/** The folder of one run: plan, attempts, accepted shards, gate, bill. */
export class RunFolder {
  readonly dataDir: string;
  readonly path: string;
  readonly plan: Plan;

  private constructor(dataDir: string, path: string, plan: Plan) {
    this.dataDir = dataDir;
    this.path = path;
    this.plan = plan;
  }

  /** A run that was started before, by its folder below `dataDir`. */
  static reopen(dataDir: string, run: string): RunFolder {
    const path = inside(dataDir, run);
    const file = join(path, 'plan.json');
    if (!existsSync(file))
      throw new NotFoundError(`There is no run ${run}.`, {
        code: 'weekly.no_run',
        remedy: 'Look into the folder runs/.',
      });
    return new RunFolder(dataDir, path, readPlan(path));
  }

  /** Opens the run of a plan, or starts it. */
  static open(dataDir: string, plan: Plan): RunFolder {
    const path = join(dataDir, 'runs', plan.week, digestJson(plan as unknown as Json).slice(0, 16));
    mkdirSync(join(path, 'attempts'), { recursive: true });
    mkdirSync(join(path, 'accepted'), { recursive: true });
    const file = join(path, 'plan.json');
    if (!existsSync(file)) writeFileAtomic(file, `${JSON.stringify(plan, null, 1)}\n`);
    return new RunFolder(dataDir, path, plan);
  }

  /** Records a shard as done. What is recorded is never redone; recording twice changes nothing. */
  accept(accepted: Accepted): void {
    const file = this.acceptedPath(accepted.shard);
    if (!existsSync(file)) writeFileAtomic(file, `${JSON.stringify(accepted, null, 1)}\n`);
  }

  acceptedPath(shard: number): string {
    return join(this.path, 'accepted', `shard-${shard}.json`);
  }

  accepted(): Accepted[] {
    return readdirSync(join(this.path, 'accepted'))
      .filter((name) => /^shard-\d+\.json$/.test(name))
      .map((name) => readAccepted(join(this.path, 'accepted', name)))
      .toSorted((a, b) => a.shard - b.shard);
  }

  missing(): number[] {
    const done = new Set(this.accepted().map((a) => a.shard));
    return this.plan.shards.map((_, shard) => shard).filter((shard) => !done.has(shard));
  }

  /** Buckets of all accepted shards in bucket order. */
  buckets(): AcceptedBucket[] {
    return this.accepted()
      .flatMap((a) => a.buckets)
      .toSorted((a, b) => a.bucket - b.bucket);
  }

  listsPath(bucket: AcceptedBucket): string {
    return inside(join(this.path, 'attempts'), bucket.file);
  }

  /** Files of lists of one attempt, or of all, whether accepted or not. */
  attemptFiles(attempt?: string): string[] {
    const attempts = join(this.path, 'attempts');
    return readdirSync(attempts)
      .filter((name) => attempt === undefined || name === attempt)
      .flatMap((name) =>
        readdirSync(join(attempts, name)).map((file) => join(attempts, name, file)),
      )
      .filter((path) => path.endsWith('.col'));
  }

  /** Removes attempts that no accepted shard refers to. */
  sweepAttempts(): void {
    const kept = new Set(this.accepted().map((a) => a.attempt));
    for (const name of readdirSync(join(this.path, 'attempts')))
      if (!kept.has(name))
        rmSync(join(this.path, 'attempts', name), { recursive: true, force: true });
  }

  /** Checks every accepted file against its recorded digest. */
  async verify(): Promise<void> {
    for (const bucket of this.buckets()) {
      const path = this.listsPath(bucket);
      if (!existsSync(path) || (await sha256OfFile(path)) !== bucket.sha256)
        throw new ArtifactError(`${path} is not what its shard handed in.`, {
          code: 'weekly.lists_damaged',
          remedy: `Remove ${this.path} and run the Sunday again.`,
        });
    }
  }

  /** Digest of all lists: the same for any shards, workers and block size. */
  listsDigest(): string {
    return digestJson(this.buckets().map((b) => [b.bucket, b.digest]));
  }

  /** What `write` left under a name; null where there is nothing. */
  read(name: string): unknown {
    const path = join(this.path, name);
    return existsSync(path) ? parseJson(readFileSync(path, 'utf8')) : null;
  }

  write(name: string, value: unknown): void {
    writeFileAtomic(join(this.path, name), `${JSON.stringify(value, null, 1)}\n`);
  }
}

/** The plan of the run in a folder. A damaged one is an ArtifactError. */
export function readPlan(path: string): Plan {
  return readJson(join(path, 'plan.json'), planShape, damagedRun(path));
}

function readAccepted(file: string): Accepted {
  return readJson(file, acceptedShape, damagedRun(file));
}

const damagedRun = (path: string) => (why: string, cause: unknown) =>
  new ArtifactError(`${path} does not describe a run: ${why}.`, {
    code: 'weekly.run_damaged',
    remedy: 'Remove the folder of the run and run the Sunday again.',
    cause,
  });

/** Relative path of a bucket's lists within `attempts/`. */
export function attemptFile(attempt: string, bucket: number): string {
  return `${attempt}/${listsFile(bucket)}`;
}
