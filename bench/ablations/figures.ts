import { weekOf } from '../../src/domain/index.ts';
import {
  type JudgedPoint,
  type TuningPoint,
  candidateLists,
  chainLists,
  judgedPoint,
} from '../../src/evaluation/index.ts';
import { type SilverRef, snapshotFiles } from '../../src/lake/index.ts';
import { ColFile } from '../../src/platform/index.ts';
import { settings } from '../../src/playlist/index.ts';
import {
  type Chain,
  type ChainOptions,
  chainAt,
  modelSetFor,
  openModelSet,
} from '../../src/scoring/index.ts';
import { openTruth } from '../../src/simulation/index.ts';
import { type WorldTruth, worldTruth } from '../../test/support/world-truth.ts';
import { type Variant } from './variants.ts';

export const figureNames = [
  'accurate: NDCG@30',
  'accurate: new-artist NDCG',
  'accurate: truth',
  'balanced: NDCG@30',
  'balanced: new-artist NDCG',
  'balanced: truth',
  'union recall@500',
] as const;

export type FigureName = (typeof figureNames)[number];

/** Figures of one variant, a value for each listener and point in one order; NaN where there is none. */
export interface Figures {
  readonly users: readonly string[];
  readonly values: Readonly<Record<FigureName, readonly number[]>>;
}

/** One point of one lake, judged by the whole chain's snapshot whatever the variant. */
export class AblationPoint {
  private readonly dataDir: string;
  private readonly silver: SilverRef;
  private readonly point: TuningPoint;
  private readonly options: ChainOptions;
  private readonly judged: JudgedPoint;
  private readonly truth: WorldTruth | null;

  private constructor(
    dataDir: string,
    silver: SilverRef,
    point: TuningPoint,
    options: ChainOptions,
    judged: JudgedPoint,
    world: string | null,
  ) {
    this.dataDir = dataDir;
    this.silver = silver;
    this.point = point;
    this.options = options;
    this.judged = judged;
    this.truth = world === null ? null : truthAt(world, judged, point.at);
  }

  /** `world` is the folder of a world whose truth is known, or null. */
  static async at(
    dataDir: string,
    silver: SilverRef,
    point: TuningPoint,
    options: ChainOptions,
    world: string | null,
  ): Promise<AblationPoint> {
    const judged = await judgedPoint(dataDir, silver, point, options);
    return new AblationPoint(dataDir, silver, point, options, judged, world);
  }

  /** Trains what the variant needs, with a seed for examples and ranker; judges lists and candidates. */
  async figures(variant: Variant, seed: number): Promise<Figures> {
    const { listeners, judge, catalogue } = this.judged;
    const chain = await this.chainOf(variant, seed);
    const users = listeners.map(({ user }) => user);
    const values = Object.fromEntries(figureNames.map((name) => [name, [] as number[]])) as Record<
      FigureName,
      number[]
    >;
    for (const setting of ['accurate', 'balanced'] as const) {
      const list = { ...settings[setting], ...(setting === 'balanced' ? variant.balanced : {}) };
      const { at } = this.point;
      const week = weekOf(at);
      const delivery = { setting, list, week, deliverAtMs: at, seed: this.options.seed };
      const { path } = await modelSetFor(this.dataDir, chain, delivery);
      const lists = await chainLists(
        await openModelSet(this.dataDir, path, { verify: false }),
        users,
      );
      for (const [i, listener] of listeners.entries()) {
        const tracks = lists.get(listener.user) ?? [];
        const found = judge.judge(listener, tracks);
        values[`${setting}: NDCG@30`].push(found.ndcg);
        values[`${setting}: new-artist NDCG`].push(found.newArtistNdcg);
        values[`${setting}: truth`].push(this.truth?.ndcg(i, tracks) ?? Number.NaN);
      }
    }
    const candidates = (await candidateLists(chain.retrieval, users)).get('candidates');
    for (const { user, truth } of listeners) {
      const among = new Set((candidates?.get(user) ?? []).map((t) => catalogue.recording[t]));
      const known = [...truth];
      values['union recall@500'].push(known.filter((r) => among.has(r)).length / known.length);
    }
    return { users, values };
  }

  private async chainOf({ options, use }: Variant, seed: number): Promise<Chain> {
    const { chain: base } = this.judged;
    const seeded = { ...this.options, seed };
    const wanted = options === undefined ? seeded : options(seeded);
    const chain = await chainAt(this.dataDir, this.silver, this.point.at, wanted);
    if (trackIds(chain).join() !== trackIds(base).join())
      throw new Error('the variant has another catalogue');
    return use === undefined ? chain : use(chain);
  }
}

function trackIds({ snapshot }: Chain): readonly string[] {
  return ColFile.open(snapshotFiles(snapshot).catalogue).strings('track_id');
}

function truthAt(world: string, { chain, listeners }: JudgedPoint, at: number): WorldTruth {
  const truth = openTruth(world);
  const tracks = trackIds(chain).map((id) => truth.trackIndex(id));
  return worldTruth(truth, listeners, tracks, at);
}
