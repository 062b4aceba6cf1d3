import { hygieneAt } from '../features/index.ts';
import { type Limits, type SilverRef, eventSpans, gold, snapshot } from '../lake/index.ts';
import { Model } from '../native/index.ts';
import { type Artifact } from '../platform/index.ts';
import {
  type ArtistEncoding,
  type CutPlan,
  type EngineName,
  type ExampleSet,
  type TrainingPoint,
  buildExamples,
  buildLabels,
  cutPoints,
  defaultExampleOptions,
  defaultRankerOptions,
  trainRanker,
} from '../ranking/index.ts';
import {
  type ItemVectorsMode,
  type RecipeName,
  type Retrieval,
  type TrainingLimits,
  prepareRetrieval,
  type RetrievalTuning,
  recipeFor,
  retrievalSpec,
} from '../retrieval/index.ts';

/** What is settable about the models of a week. */
export interface ChainOptions {
  readonly trainingDays: number;
  readonly labelDays: number;
  readonly historyTracks: number;
  readonly minPlays: number;
  readonly negatives: number;
  /** Examples wanted at most, over all cuts; more listeners than that are sampled. */
  readonly maxExamples: number;
  readonly recipe: RecipeName;
  /** Parameters of item2vec and towers that were tuned. */
  readonly tuning?: RetrievalTuning;
  /** What trains the ranker, and how artists' ids enter it. */
  readonly ranker: { readonly engine: EngineName; readonly artist: ArtistEncoding };
  readonly limits: TrainingLimits;
  readonly itemVectors: ItemVectorsMode;
  /** Whether what is a machine's or another person's is set aside; `keep`: never of these listeners. */
  readonly hygiene: { readonly on: boolean; readonly keep: readonly string[] };
  readonly seed: number;
  /** What the SQL engine may use; never changes a result. */
  readonly lake?: Limits;
  readonly onStage?: (stage: string) => void;
  /** Of the running stage, where it knows: rounds of the ranker. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Retrieval and ranker, all as of one time. */
export interface Chain {
  readonly gold: Artifact;
  readonly snapshot: Artifact;
  readonly retrieval: Retrieval;
  readonly ranker: Artifact | null;
  readonly cuts: CutPlan;
  /** What the ranker is trained on, a set per cut. */
  readonly examples: readonly ExampleSet[];
}

/** The snapshot as of a time with everything that retrieves from it. */
export async function retrievalAt(
  dataDir: string,
  silver: SilverRef,
  asOf: number,
  options: ChainOptions,
): Promise<{ gold: Artifact; snapshot: Artifact; retrieval: Retrieval }> {
  const when = new Date(asOf).toISOString().slice(0, 16);
  const { on, keep } = options.hygiene;
  const limits = options.lake ?? {};
  if (on) options.onStage?.(`hygiene as of ${when}`);
  const flags = on ? await hygieneAt({ dataDir, silver, asOf, keep, limits }) : null;
  options.onStage?.(`gold as of ${when}`);
  const { trainingDays } = options;
  const tables = await gold({ dataDir, silver, asOf, trainingDays, flags, limits });
  options.onStage?.(`snapshot as of ${when}`);
  const { historyTracks, minPlays } = options;
  const columns = await snapshot({ dataDir, gold: tables, historyTracks, minPlays, limits });
  const retrieval = await prepareRetrieval(
    dataDir,
    columns,
    recipeFor(options.recipe, options.tuning),
    options.limits,
    (stage) => options.onStage?.(`${stage} as of ${when}`),
    options.itemVectors,
  );
  return { gold: tables, snapshot: columns, retrieval };
}

/**
 * The whole chain as of a time: retrieval from everything before it, the ranker trained on labels of
 * the period that ends there with features as of the cut before it. Nothing at or after `asOf` is read.
 * Without a clock or without labels there is no ranker.
 */
export async function chainAt(
  dataDir: string,
  silver: SilverRef,
  asOf: number,
  options: ChainOptions,
): Promise<Chain> {
  const now = await retrievalAt(dataDir, silver, asOf, options);
  const spans = eventSpans(silver).filter((span) => span.end > 0);
  const cuts = cutPoints(spans, asOf, options.labelDays);
  const points: TrainingPoint[] = [];
  for (const { cut, until } of cuts.cuts) {
    const { gold: tables, snapshot, retrieval } = await retrievalAt(dataDir, silver, cut, options);
    options.onStage?.(`labels from ${new Date(cut).toISOString().slice(0, 16)}`);
    const { lake: limits = {} } = options;
    const window = { silver, gold: tables, snapshot, from: cut, to: until, limits };
    points.push({ retrieval, labels: await buildLabels(dataDir, window) });
  }
  const { negatives, seed } = options;
  const exampleOptions = {
    ...defaultExampleOptions,
    negatives,
    seed,
    listenerShare: shareOf(points, options),
  };
  const sets: ExampleSet[] = [];
  for (const point of points) {
    options.onStage?.(
      `examples of ${new Date(point.retrieval.snapshot.manifest.asOf ?? 0).toISOString().slice(0, 16)}`,
    );
    const examples = await buildExamples(dataDir, point, exampleOptions);
    sets.push({ examples, snapshot: point.retrieval.snapshot });
  }
  const labelled = sets.some((set) => (set.examples.manifest.counts['positives'] ?? 0) > 0);
  if (!labelled) return { ...now, ranker: null, cuts, examples: sets };
  options.onStage?.('ranker');
  const { featureNames } = new Model(retrievalSpec(now.retrieval, asOf));
  const ranker = await trainRanker(dataDir, sets, featureNames, asOf, {
    ...defaultRankerOptions,
    ...options.ranker,
    seed: options.seed,
    onRound: (round, rounds) => options.onProgress?.(round, rounds),
  });
  return { ...now, ranker, cuts, examples: sets };
}

/** The share of listeners whose examples fit, rounded down to a thousandth. */
function shareOf(points: readonly TrainingPoint[], options: ChainOptions): number {
  const listeners = points.reduce(
    (sum, { labels }) => sum + (labels.manifest.counts['listeners'] ?? 0),
    0,
  );
  const rows = Math.max(1, listeners * options.negatives);
  return Math.min(1, Math.floor((1000 * options.maxExamples) / rows) / 1000);
}
