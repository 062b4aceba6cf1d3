import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { EngineError } from '../domain/index.ts';
import { guarded, guardedAsync } from './errors.ts';

/** Counts of one bucket's run. `dropped` counts candidates that a filter took away, by reason. */
export interface BucketResult {
  readonly listeners: number;
  readonly ready: number;
  readonly fallback: number;
  readonly candidates: number;
  /** Lists with fewer tracks than asked for: the catalogue had no more. */
  readonly short: number;
  readonly scoreSum: number;
  readonly exploratory: number;
  readonly dropped: Readonly<
    Record<'heard' | 'unavailable' | 'explicit' | 'blocked' | 'duplicate' | 'cut', number>
  >;
  readonly digest: string;
}

/** Counts of training examples; `reachable` of `truth` positives were known to the snapshot. */
export interface ExamplesResult {
  readonly listeners: number;
  readonly rows: number;
  readonly positives: number;
  readonly reachable: number;
  readonly truth: number;
  readonly digest: string;
}

export interface ExamplesOptions {
  readonly negatives: number;
  readonly listenerShare: number;
  readonly saveWeight: number;
  readonly seed: number;
  readonly folds: number;
}

/** Listeners of a bucket: all, those active in 28 days, or the named ones. */
export type Selection = 'all' | 'active' | readonly string[];

interface NativeModel {
  featureNames(): string[];
  progress(): number;
  stop(): void;
  scoreBucket(
    bucket: string,
    out: string,
    select: string,
    ids: readonly string[],
  ): Promise<BucketResult>;
  baselineBucket(
    source: number,
    k: number,
    bucket: string,
    out: string,
    select: string,
    ids: readonly string[],
  ): Promise<void>;
  examplesBucket(
    bucket: string,
    truth: string,
    shown: string | null,
    out: string,
    options: ExamplesOptions,
  ): Promise<ExamplesResult>;
}

interface Kernel {
  kernelVersion(): string;
  cpuFeatures(): string[];
  setThreads(threads: number): boolean;
  compileSource(
    recipe: string,
    name: string,
    catalogue: string,
    listeners: readonly string[],
    sessions: readonly string[],
    out: string,
  ): Promise<string>;
  artistRates(
    artist: Uint32Array,
    label: Uint8Array,
    weight: Float32Array,
    fold: Uint8Array,
    artists: number,
    prior: number,
  ): { known: Float32Array; outOfFold: Float32Array };
  readonly Model: new (spec: string) => NativeModel;
}

const path = fileURLToPath(new URL('../../native/deepcuts.node', import.meta.url));
let loaded: Kernel | undefined;

/** The crate, loaded on first use. */
export function kernel(): Kernel {
  if (loaded !== undefined) return loaded;
  if (!existsSync(path))
    throw new EngineError(`The native kernel is not built (${path}).`, {
      code: 'kernel.missing',
      remedy: 'Run "npm run setup".',
    });
  try {
    loaded = createRequire(import.meta.url)(path) as Kernel;
    return loaded;
  } catch (cause) {
    throw new EngineError(`The native kernel does not load: ${String(cause)}`, {
      code: 'kernel.load',
      remedy: 'Remove the folder native/ and run "npm run setup".',
      cause,
    });
  }
}

/** Compiles a candidate source from a snapshot's files; returns its content digest. */
export function compileSource(options: {
  readonly recipe: unknown;
  readonly name: string;
  readonly catalogue: string;
  readonly listeners: readonly string[];
  readonly sessions: readonly string[];
  readonly out: string;
}): Promise<string> {
  const { recipe, name, catalogue, listeners, sessions, out } = options;
  return guardedAsync(async () =>
    kernel().compileSource(JSON.stringify(recipe), name, catalogue, listeners, sessions, out),
  );
}

/** A model set open in the crate: retrieves, ranks and assembles for buckets of listeners. */
export class Model {
  private readonly native: NativeModel;

  /** `spec` names every file and parameter a list depends on (`ModelSpec` of the crate). */
  constructor(spec: unknown) {
    this.native = guarded(() => new (kernel().Model)(JSON.stringify(spec)));
  }

  get featureNames(): readonly string[] {
    return this.native.featureNames();
  }

  /** Listeners finished since the model was opened. */
  get progress(): number {
    return this.native.progress();
  }

  /** Ends running buckets with an EngineError. */
  stop(): void {
    this.native.stop();
  }

  scoreBucket(bucket: string, out: string, selection: Selection): Promise<BucketResult> {
    return guardedAsync(() => this.native.scoreBucket(bucket, out, ...selected(selection)));
  }

  baselineBucket(
    source: number,
    k: number,
    bucket: string,
    out: string,
    selection: Selection,
  ): Promise<void> {
    return guardedAsync(() =>
      this.native.baselineBucket(source, k, bucket, out, ...selected(selection)),
    );
  }

  examplesBucket(
    bucket: string,
    truth: string,
    shown: string | null,
    out: string,
    options: ExamplesOptions,
  ): Promise<ExamplesResult> {
    return guardedAsync(() => this.native.examplesBucket(bucket, truth, shown, out, options));
  }
}

function selected(selection: Selection): [string, readonly string[]] {
  return typeof selection === 'string' ? [selection, []] : ['ids', selection];
}

/**
 * Smoothed rate of positives per artist (`known`, NaN where unseen) and, per example, that of its
 * artist outside the example's own fold (`outOfFold`).
 */
export function artistRates(
  examples: {
    readonly artist: Uint32Array;
    readonly label: Uint8Array;
    readonly weight: Float32Array;
    readonly fold: Uint8Array;
  },
  artists: number,
  prior: number,
): { known: Float32Array; outOfFold: Float32Array } {
  return guarded(() =>
    kernel().artistRates(
      examples.artist,
      examples.label,
      examples.weight,
      examples.fold,
      artists,
      prior,
    ),
  );
}

/** Threads of the crate's pool; only the first call of a process counts, later ones return false. */
export function setThreads(threads: number): boolean {
  return guarded(() => kernel().setThreads(threads));
}

/** Version and source digest of the crate: part of the identity of what it makes. */
export function kernelVersion(): string {
  return guarded(() => kernel().kernelVersion());
}
