import { type SilverRef, eventSpans, gold, snapshot } from '../lake/index.ts';
import { Model } from '../native/index.ts';
import { type Artifact } from '../platform/index.ts';
import {
  type CutPlan,
  type ExampleSet,
  buildExamples,
  buildLabels,
  cutPoints,
  defaultExampleOptions,
  defaultRankerOptions,
  trainRanker,
} from '../ranking/index.ts';
import {
  type CompiledSource,
  chainSources,
  compileSources,
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
  readonly seed: number;
  readonly onStage?: (stage: string) => void;
}

/** Snapshot, sources and ranker, all as of one time. */
export interface Chain {
  readonly snapshot: Artifact;
  readonly sources: readonly CompiledSource[];
  readonly ranker: Artifact | null;
  readonly cuts: CutPlan;
}

/** The snapshot as of a time with the chain's sources compiled from it. */
export async function retrievalAt(
  dataDir: string,
  silver: SilverRef,
  asOf: number,
  options: ChainOptions,
): Promise<{ gold: Artifact; snapshot: Artifact; sources: readonly CompiledSource[] }> {
  const when = new Date(asOf).toISOString().slice(0, 16);
  options.onStage?.(`gold as of ${when}`);
  const tables = await gold({ dataDir, silver, asOf, trainingDays: options.trainingDays });
  options.onStage?.(`snapshot as of ${when}`);
  const { historyTracks, minPlays } = options;
  const columns = await snapshot({ dataDir, gold: tables, historyTracks, minPlays });
  options.onStage?.(`sources as of ${when}`);
  return {
    gold: tables,
    snapshot: columns,
    sources: await compileSources(dataDir, columns, chainSources),
  };
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
  const sets: ExampleSet[] = [];
  for (const { cut, until } of cuts.cuts) {
    const then = await retrievalAt(dataDir, silver, cut, options);
    options.onStage?.(`examples from ${new Date(cut).toISOString().slice(0, 16)}`);
    const labels = await buildLabels(dataDir, {
      silver,
      gold: then.gold,
      snapshot: then.snapshot,
      from: cut,
      to: until,
    });
    const examples = await buildExamples(
      dataDir,
      { snapshot: then.snapshot, sources: then.sources, labels },
      {
        ...defaultExampleOptions,
        negatives: options.negatives,
        listenerShare: shareOf(labels.manifest.counts['listeners'] ?? 0, cuts.cuts.length, options),
        seed: options.seed,
      },
    );
    sets.push({ examples, snapshot: then.snapshot });
  }
  const labelled = sets.some((set) => (set.examples.manifest.counts['positives'] ?? 0) > 0);
  if (!labelled) return { snapshot: now.snapshot, sources: now.sources, ranker: null, cuts };
  options.onStage?.('ranker');
  const { featureNames } = new Model(retrievalSpec(now.snapshot, now.sources, asOf));
  const ranker = await trainRanker(dataDir, sets, featureNames, asOf, {
    ...defaultRankerOptions,
    seed: options.seed,
  });
  return { snapshot: now.snapshot, sources: now.sources, ranker, cuts };
}

/** The share of listeners whose examples fit, rounded down to a thousandth. */
function shareOf(listeners: number, cuts: number, options: ChainOptions): number {
  const rows = listeners * options.negatives * cuts;
  return Math.min(1, Math.floor((1000 * options.maxExamples) / Math.max(1, rows)) / 1000);
}
