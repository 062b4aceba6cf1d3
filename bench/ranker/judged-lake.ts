import { chainOptions, openWorkspace } from '../../src/app/index.ts';
import { ndcg, weekOf } from '../../src/domain/index.ts';
import {
  Judge,
  type JudgedListener,
  type JudgedCatalogue,
  chainLists,
  tuningPoints,
  judgedPoint,
} from '../../src/evaluation/index.ts';
import { eventSpans, refine, snapshotFiles } from '../../src/lake/index.ts';
import { Model } from '../../src/native/index.ts';
import { type Artifact, ColFile } from '../../src/platform/index.ts';
import { type SettingName } from '../../src/playlist/index.ts';
import { artistRatesOf } from '../../src/ranking/index.ts';
import { retrievalSpec } from '../../src/retrieval/index.ts';
import { type Chain, modelSetFor, openModelSet } from '../../src/scoring/index.ts';

/** A tuning point with everything but a ranker, and the listeners it is judged on. */
export interface RankedPoint {
  readonly chain: Chain;
  readonly at: number;
  readonly featureNames: readonly string[];
  readonly catalogue: JudgedCatalogue;
  readonly listeners: readonly JudgedListener[];
  /** Name of each artist of the catalogue's numbering, as the ranker's artists are named. */
  readonly artistIds: readonly string[];
}

export const measures = ['ndcg', 'newArtistNdcg', 'adventurous', 'cold'] as const;

/**
 * NDCG@30 of `accurate`, against all truth, against that by new artists and against that by artists
 * without examples; and of `adventurous` against the truth by new artists. NaN without such truth.
 */
export type Measures = Record<(typeof measures)[number], number[]>;

/** The tuning points of a data folder, trained up to the ranker. */
export class JudgedLake {
  readonly dataDir: string;
  readonly points: readonly RankedPoint[];
  /** One entry per listener and point. */
  readonly users: readonly string[];

  private constructor(dataDir: string, points: readonly RankedPoint[]) {
    this.dataDir = dataDir;
    this.points = points;
    this.users = points.flatMap(({ listeners }) => listeners.map(({ user }) => user));
  }

  static async of(dataDir: string): Promise<JudgedLake> {
    const silver = await refine({ dataDir });
    const options = chainOptions(await openWorkspace(dataDir));
    const points: RankedPoint[] = [];
    for (const point of tuningPoints(eventSpans(silver), options.labelDays)) {
      const { chain, catalogue, listeners } = await judgedPoint(dataDir, silver, point, options);
      const { snapshot, retrieval } = chain;
      points.push({
        chain,
        at: point.at,
        catalogue,
        featureNames: new Model(retrievalSpec(retrieval, point.at)).featureNames,
        listeners,
        artistIds: ColFile.open(snapshotFiles(snapshot).catalogue).strings('artist.id'),
      });
    }
    return new JudgedLake(dataDir, points);
  }

  /** Measures of a ranker of each point, in the order of `users`. */
  async judge(rankers: readonly Artifact[]): Promise<Measures> {
    const found: Measures = { ndcg: [], newArtistNdcg: [], adventurous: [], cold: [] };
    for (const [i, point] of this.points.entries()) {
      const ranker = rankers[i] as Artifact;
      const rates = artistRatesOf(ranker);
      const cold = point.artistIds.map((id) => Number.isNaN(rates.get(id) ?? Number.NaN));
      const { catalogue, listeners, chain } = point;
      const judge = new Judge(catalogue, chain.snapshot.manifest.counts['listeners'] ?? 1);
      const accurate = await this.lists(point, ranker, 'accurate');
      const adventurous = await this.lists(point, ranker, 'adventurous');
      for (const listener of listeners) {
        const list = accurate.get(listener.user) ?? [];
        const judged = judge.judge(listener, list);
        found.ndcg.push(judged.ndcg);
        found.newArtistNdcg.push(judged.newArtistNdcg);
        found.adventurous.push(
          judge.judge(listener, adventurous.get(listener.user) ?? []).newArtistNdcg,
        );
        found.cold.push(coldNdcg(catalogue, listener, list, cold));
      }
    }
    return found;
  }

  private async lists(
    { chain, at, listeners }: RankedPoint,
    ranker: Artifact,
    setting: SettingName,
  ): Promise<ReadonlyMap<string, readonly number[]>> {
    const delivery = { setting, week: weekOf(at), deliverAtMs: at, seed: 1 };
    const { path } = await modelSetFor(this.dataDir, { ...chain, ranker }, delivery);
    const modelSet = await openModelSet(this.dataDir, path, { verify: false });
    return chainLists(
      modelSet,
      listeners.map(({ user }) => user),
    );
  }
}

function coldNdcg(
  { recording, artist }: JudgedCatalogue,
  { truth, heard }: JudgedListener,
  list: readonly number[],
  cold: readonly boolean[],
): number {
  const of = new Set(Array.from(truth).filter((t) => cold[artist[t] as number] === true));
  if (of.size === 0) return Number.NaN;
  const recordings = list.slice(0, 30).map((t) => {
    const r = recording[t] as number;
    return heard.has(r) ? -1 - t : r;
  });
  return ndcg({ list: recordings, truth: of, truthSize: of.size }, 30);
}
