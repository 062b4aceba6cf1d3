import { judgedPoint } from './judged-point.ts';
import { type Interval, bootstrapMean, weekOf } from '../domain/index.ts';
import { type SilverRef, eventSpans, snapshotFiles } from '../lake/index.ts';
import { Model } from '../native/index.ts';
import { ColFile } from '../platform/index.ts';
import { type SettingName } from '../playlist/index.ts';
import { type RecipeName, type Retrieval, retrievalSpec } from '../retrieval/index.ts';
import { type Chain, type ChainOptions, modelSetFor, openModelSet } from '../scoring/index.ts';
import { type JudgedListener } from './judged-listeners.ts';
import { type Lists, chainLists, inScratch } from './methods.ts';
import { tuningPoints } from './points.ts';

/** A figure of every recipe on the same listeners, and what the next recipe adds to it. */
export interface RecipeFigure {
  readonly name: string;
  readonly values: Readonly<Partial<Record<RecipeName, Interval>>>;
  /** Paired difference of each recipe from the first. */
  readonly differences: Readonly<Partial<Record<RecipeName, Interval>>>;
}

export interface RecipeComparison {
  readonly protocol: 'recipes';
  readonly recipes: readonly RecipeName[];
  readonly judged: number;
  readonly figures: readonly RecipeFigure[];
}

export interface RecipeRequest {
  readonly dataDir: string;
  readonly silver: SilverRef;
  readonly chain: ChainOptions;
  readonly recipes: readonly RecipeName[];
  readonly onStage?: (stage: string) => void;
}

const depth = 500;
const settings: readonly SettingName[] = ['accurate', 'balanced', 'adventurous'];

/**
 * What each stage adds, on tuning points: the same weeks and listeners by several retrieval recipes.
 * Recall@500 is the share of the truth the snapshot knows that stands among 500 candidates: of the merged
 * candidates, and of single sources searched that deep.
 */
export async function compareRecipes(request: RecipeRequest): Promise<RecipeComparison> {
  const { dataDir, silver, recipes } = request;
  const options = { ...request.chain, ...(request.onStage ? { onStage: request.onStage } : {}) };
  const users: string[] = [];
  const board = new Map<string, Map<RecipeName, number[]>>();
  const put = (figure: string, recipe: RecipeName, values: readonly number[]): void => {
    const row = board.get(figure) ?? new Map<RecipeName, number[]>();
    board.set(figure, row);
    row.set(recipe, [...(row.get(recipe) ?? []), ...values]);
  };
  for (const point of tuningPoints(eventSpans(silver), options.labelDays)) {
    let listeners: readonly JudgedListener[] = [];
    for (const recipe of recipes) {
      request.onStage?.(`${recipe}: chain for ${point.name}`);
      const judged = await judgedPoint(dataDir, silver, point, { ...options, recipe });
      const { chain, catalogue, judge } = judged;
      ({ listeners } = judged);
      const names = listeners.map((listener) => listener.user);
      const recalls = await candidateLists(chain.retrieval, names);
      for (const [name, lists] of recalls)
        put(`recall@500: ${name}`, recipe, recallOf(listeners, lists, catalogue.recording));
      for (const setting of settings) {
        const lists = await listsOf(dataDir, chain, setting, point.at, options.seed, names);
        const judgements = listeners.map((l) => judge.judge(l, lists.get(l.user) ?? []));
        for (const metric of ['ndcg', 'newArtistNdcg', 'newArtistShare', 'percentile'] as const)
          put(
            `${setting}: ${metric}`,
            recipe,
            judgements.map((j) => j[metric]),
          );
      }
    }
    users.push(...listeners.map((listener) => listener.user));
  }
  return {
    protocol: 'recipes',
    recipes,
    judged: users.length,
    figures: [...board].map(([name, row]) => figureOf(name, row, users)),
  };
}

function figureOf(
  name: string,
  row: ReadonlyMap<RecipeName, readonly number[]>,
  users: readonly string[],
): RecipeFigure {
  const [first] = row.values();
  const values: Partial<Record<RecipeName, Interval>> = {};
  const differences: Partial<Record<RecipeName, Interval>> = {};
  for (const [recipe, column] of row) {
    values[recipe] = bootstrapMean(column, users);
    if (column !== first)
      differences[recipe] = bootstrapMean(
        column.map((value, i) => value - (first?.[i] as number)),
        users,
      );
  }
  return { name, values, differences };
}

async function listsOf(
  dataDir: string,
  chain: Chain,
  setting: SettingName,
  at: number,
  seed: number,
  users: readonly string[],
): Promise<Lists> {
  const delivery = { setting, week: weekOf(at), deliverAtMs: at, seed };
  const { path } = await modelSetFor(dataDir, chain, delivery);
  return chainLists(await openModelSet(dataDir, path, { verify: false }), users);
}

/**
 * The 500 best candidates of the named listeners, best first: `candidates` of all sources merged, and
 * of popularity and each vector source by itself.
 */
export async function candidateLists(
  retrieval: Retrieval,
  users: readonly string[],
): Promise<ReadonlyMap<string, Lists>> {
  const { snapshot, sources, vectorSources } = retrieval;
  const deep = {
    ...retrieval,
    vectorSources: vectorSources.map((source) => ({
      ...source,
      definition: { ...source.definition, topK: depth },
    })),
  };
  const at = snapshot.manifest.asOf ?? 0;
  const [model, single] = [
    new Model(retrievalSpec(retrieval, at)),
    new Model(retrievalSpec(deep, at)),
  ];
  const popularity = sources.findIndex(({ definition }) => definition.name === 'popularity');
  const wanted: [string, Model, number][] = [
    ['candidates', model, sources.length + vectorSources.length],
    ...(popularity < 0 ? [] : [['popularity', single, popularity] as [string, Model, number]]),
    ...vectorSources.map(({ definition }, i): [string, Model, number] => [
      definition.name,
      single,
      sources.length + i,
    ]),
  ];
  return inScratch(async (dir) => {
    const all = new Map<string, Lists>();
    for (const [name, from, source] of wanted) {
      const lists = new Map<string, readonly number[]>();
      for (const bucket of snapshotFiles(snapshot).listeners) {
        const out = `${dir}/lists.col`;
        await from.baselineBucket(source, depth, bucket, out, users);
        const col = ColFile.open(out);
        const [offsets, tracks] = [col.u32('list.off'), col.u32('list.track')];
        for (const [row, user] of col.strings('user_id').entries())
          lists.set(user, Array.from(tracks.subarray(offsets[row], offsets[row + 1])));
      }
      all.set(name, lists);
    }
    return all;
  });
}

function recallOf(
  listeners: readonly JudgedListener[],
  lists: Lists,
  recording: Uint32Array,
): number[] {
  return listeners.map(({ user, truth }) => {
    const found = new Set((lists.get(user) ?? []).map((t) => recording[t] as number));
    return truth.size === 0
      ? Number.NaN
      : [...truth].filter((track) => found.has(track)).length / truth.size;
  });
}
