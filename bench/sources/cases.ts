import { tuningPoints, foldInChain, foldInLake, judgedAt } from '../../src/evaluation/index.ts';
import { type SilverRef, eventSpans, snapshotFiles } from '../../src/lake/index.ts';
import { ColFile } from '../../src/platform/index.ts';
import {
  type Retrieval,
  defaultFactors,
  factorSource,
  furtherSources,
  prepareRetrieval,
  recipes,
} from '../../src/retrieval/index.ts';
import { type ChainOptions, retrievalAt } from '../../src/scoring/index.ts';

/** A retrieval with all sources, and the recordings each judged listener played next. */
export interface Case {
  readonly retrieval: Retrieval;
  readonly truth: ReadonlyMap<string, ReadonlySet<number>>;
  readonly recording: Uint32Array;
  /** A folder that was made for the study. */
  readonly scratch?: string;
}

interface Request {
  readonly dataDir: string;
  readonly silver: SilverRef;
  readonly chain: ChainOptions;
  readonly onStage: (stage: string) => void;
  /** Changes to the recipes of sources and of the factors (`ials`), by name. */
  readonly overrides: Readonly<Record<string, object>>;
}

/** The tuning weeks; truth that the snapshot does not know is left out. */
export async function weeklyCases(request: Request): Promise<Case[]> {
  const { dataDir, silver, chain } = request;
  const cases: Case[] = [];
  for (const point of tuningPoints(eventSpans(silver), chain.labelDays)) {
    const found = await retrievalAt(dataDir, silver, point.at, chain);
    const { snapshot } = found;
    const { catalogue, listeners } = await judgedAt(dataDir, silver, point, found);
    const known = listeners.filter(({ truth }) => truth.size > 0);
    cases.push({
      retrieval: await everything(dataDir, snapshot, request, chain.recipe),
      truth: new Map(known.map(({ user, truth }) => [user, truth])),
      recording: catalogue.recording,
    });
  }
  return cases;
}

/** The validation split of pairs without a clock. */
export async function foldInCases(request: Request): Promise<Case[]> {
  const made = await foldInLake({ ...request, split: 'tuning', seed: 6_547_893 });
  const chain = foldInChain(request.chain);
  const { snapshot } = await retrievalAt(made.lake, made.silver, made.asOf, {
    ...chain,
    recipe: 'counts',
  });
  const catalogue = ColFile.open(snapshotFiles(snapshot).catalogue);
  const recording = catalogue.u32('recording');
  const index = new Map(catalogue.strings('track_id').map((id, i) => [id, i]));
  const truth = [...made.held].map(([user, tracks]): [string, ReadonlySet<number>] => [
    user,
    new Set(tracks.map((id) => recording[index.get(id) ?? 0] as number)),
  ]);
  const retrieval = await everything(made.lake, snapshot, request, 'pairs');
  return [{ retrieval, truth: new Map(truth), recording, scratch: made.lake }];
}

function everything(
  dataDir: string,
  snapshot: Retrieval['snapshot'],
  { chain, overrides, onStage }: Request,
  name: ChainOptions['recipe'],
): Promise<Retrieval> {
  const recipe = recipes[name];
  const chosen = [...recipes.counts.sources, ...furtherSources].map((source) => ({
    ...source,
    recipe: { ...source.recipe, ...overrides[source.name] },
  }));
  const vectors = recipe.vectorSources.filter((source) => source.name !== factorSource.name);
  return prepareRetrieval(
    dataDir,
    snapshot,
    {
      ...recipe,
      sources: chosen,
      factors: { ...defaultFactors, ...overrides['ials'] },
      vectorSources: [...vectors, factorSource],
    },
    chain.limits,
    onStage,
  );
}
