import { catalogueCoverage, weekOf } from '../domain/index.ts';
import { type SilverRef, eventSpans } from '../lake/index.ts';
import { type Artifact } from '../platform/index.ts';
import { type SettingName } from '../playlist/index.ts';
import { type ChainOptions, modelSetFor, openModelSet } from '../scoring/index.ts';
import { type ImportanceShare, meanImportance, readRanker } from '../ranking/index.ts';
import { CoreTime } from './core-time.ts';
import { type Judgement } from './judge.ts';
import { type JudgedCatalogue } from './judged-listeners.ts';
import { type JudgedPoint, judgedPoint } from './judged-point.ts';
import { type Lists, baselineLists, chainLists } from './methods.ts';
import { type EvaluationPoint, pointsOf } from './points.ts';
import { recipeDigest } from './recipe.ts';
import { sampleOf } from './sample.ts';
import {
  type Difference,
  type MethodResult,
  type Row,
  compare,
  exposureGini,
  toRow,
} from './table.ts';
import { type Split } from './test-look.ts';

export interface EvaluateRequest {
  readonly dataDir: string;
  readonly silver: SilverRef;
  readonly split: Split;
  readonly chain: ChainOptions;
  /** Listeners judged per point at most, drawn by hash; default: all. */
  readonly maxListeners?: number;
  readonly onStage?: (stage: string) => void;
}

export interface Evaluation {
  readonly protocol: 'weekly';
  readonly test: boolean;
  readonly points: readonly EvaluationPoint[];
  /** Listener-points judged, and distinct listeners. */
  readonly judged: number;
  readonly listeners: number;
  readonly rows: readonly Row[];
  readonly differences: readonly Difference[];
  /** Whether any judged listener saved anything: without, the saved share says nothing. */
  readonly saves: boolean;
  /** What the rankers of all points look at; empty without a ranker. */
  readonly importance: readonly ImportanceShare[];
  readonly labelDays: number;
  readonly labelsShrunk: boolean;
  /** Digest of everything that decides lists besides the data. */
  readonly recipe: string;
}

/** Settings in the order of the table. */
export const settingNames: readonly SettingName[] = ['accurate', 'balanced', 'adventurous'];

/**
 * Protocol A: global time split. Each point is judged by models that read nothing at or after it; the
 * lists are made by the Sunday's own path. Methods are compared on the same listeners.
 */
export async function evaluateWeekly(request: EvaluateRequest): Promise<Evaluation> {
  const { dataDir, silver, split, chain: options } = request;
  const points = pointsOf(split, eventSpans(silver), options.labelDays);
  const board = new Board();
  const rankers: Artifact[] = [];
  let shrunk = false;
  let labelDays = options.labelDays;
  for (const point of points) {
    const judged = await judgedPoint(dataDir, silver, point, withStage(options, request.onStage));
    const { chain } = judged;
    shrunk ||= chain.cuts.shrunk;
    if (chain.ranker !== null) rankers.push(chain.ranker);
    labelDays = chain.cuts.labelDays;
    await board.point(request, point, judged);
  }
  return board.evaluation({
    protocol: 'weekly',
    test: split !== 'tuning',
    points,
    labelDays,
    labelsShrunk: shrunk,
    importance: meanImportance(rankers.map((ranker) => readRanker(ranker).importance)),
    recipe: recipeDigest(options),
  });
}

function withStage(
  options: ChainOptions,
  onStage: ((stage: string) => void) | undefined,
): ChainOptions {
  return onStage === undefined ? options : { ...options, onStage };
}

/** Collects judgements of all methods over all points in one order of listeners. */
class Board {
  private readonly users: string[] = [];
  private readonly judgements = new Map<string, Judgement[]>();
  private readonly exposures = new Map<string, Map<number, number>>();
  private readonly shown = new Map<string, Set<number>>();
  private readonly coreTime = new CoreTime();
  private catalogue: JudgedCatalogue | null = null;
  private saves = false;

  async point(
    { dataDir, chain: { seed }, maxListeners, onStage }: EvaluateRequest,
    { at, name }: EvaluationPoint,
    { chain, catalogue, judge, listeners: all }: JudgedPoint,
  ): Promise<void> {
    this.catalogue = catalogue;
    const listeners = sampleOf(all, maxListeners ?? all.length);
    const users = listeners.map((l) => l.user);
    this.saves ||= listeners.some((listener) => listener.saved.size > 0);
    const { measure } = this.coreTime;
    const add = (method: string, lists: Lists, complete: boolean): void => {
      for (const listener of listeners) {
        const ranked = lists.get(listener.user) ?? [];
        const list = complete ? judge.complete(listener, ranked) : ranked;
        push(this.judgements, method, judge.judge(listener, list));
        for (const t of list) this.expose(method, t, catalogue.artist[t] as number);
      }
    };
    onStage?.(`baselines for ${name}`);
    for (const [method, lists] of await baselineLists(dataDir, chain.snapshot, users, measure))
      add(method, lists, true);
    for (const setting of settingNames) {
      onStage?.(`${setting} for ${name}`);
      const modelSet = await modelSetFor(dataDir, chain, {
        setting,
        week: weekOf(at),
        deliverAtMs: at,
        seed,
      });
      const opened = await openModelSet(dataDir, modelSet.path, { verify: false });
      const lists = await chainLists(opened, users, { measure: (work) => measure(setting, work) });
      add(setting, lists, false);
    }
    this.users.push(...users);
  }

  private expose(name: string, track: number, artist: number): void {
    const exposures = this.exposures.get(name) ?? new Map<number, number>();
    this.exposures.set(name, exposures);
    exposures.set(artist, (exposures.get(artist) ?? 0) + 1);
    const shown = this.shown.get(name) ?? new Set<number>();
    this.shown.set(name, shown);
    shown.add(track);
  }

  evaluation(
    about: Omit<Evaluation, 'judged' | 'listeners' | 'rows' | 'differences' | 'saves'>,
  ): Evaluation {
    const tracks = this.catalogue?.recording.length ?? 1;
    const artists = this.catalogue?.artists ?? 1;
    const results = new Map<string, MethodResult>();
    for (const [name, judgements] of this.judgements) {
      const exposures = this.exposures.get(name) ?? new Map<number, number>();
      const coverage = catalogueCoverage(this.shown.get(name) ?? new Set(), tracks);
      results.set(name, {
        name,
        judgements,
        exposures,
        coverage,
        artistGini: exposureGini(exposures, artists),
        coreMicroseconds: this.coreTime.perListener(name, this.users.length),
      });
    }
    const get = (name: string): MethodResult => results.get(name) as MethodResult;
    const differences: Difference[] = [];
    if (results.size > 0) {
      for (const baseline of results.keys())
        if (!isSetting(baseline))
          differences.push(compare(get('accurate'), get(baseline), 'ndcg', this.users));
      differences.push(compare(get('balanced'), get('item-item CF (cosine)'), 'ndcg', this.users));
      differences.push(compare(get('adventurous'), get('popularity'), 'newArtistNdcg', this.users));
      differences.push(
        compare(get('adventurous'), get('recent popularity'), 'newArtistNdcg', this.users),
      );
    }
    return {
      ...about,
      judged: this.users.length,
      saves: this.saves,
      listeners: new Set(this.users).size,
      rows: [...results.values()].map((result) =>
        toRow(result, this.users, isSetting(result.name)),
      ),
      differences,
    };
  }
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function isSetting(name: string): boolean {
  return settingNames.some((setting) => setting === name);
}
