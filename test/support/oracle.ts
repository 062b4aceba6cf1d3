import { type Interval, bootstrapMean } from '../../src/domain/index.ts';
import {
  type JudgedListener,
  type Lists,
  Judge,
  baselineLists,
  candidateLists,
  settingNames,
  judgedAt,
} from '../../src/evaluation/index.ts';
import { type SilverRef } from '../../src/lake/index.ts';
import { type SimulatedWeek } from './simulated-week.ts';
import { worldTruth } from './world-truth.ts';

/** One method judged by the truth and by what was played in the week after. */
export interface TruthRow {
  readonly name: string;
  /** NDCG@30 with the affinity as gain and the 30 best unheard tracks as ideal. */
  readonly truth: Interval;
  /** Share of the way from popularity to the oracle. */
  readonly way: number;
  /** NDCG@30 of the held-out first plays. */
  readonly heldOut: Interval;
  /** `accurate` minus this method, paired. */
  readonly behind: Interval;
}

export interface TruthfulWeek {
  readonly listeners: number;
  /** Baselines, then settings. */
  readonly rows: readonly TruthRow[];
  /**
   * The way through the chain: popularity, the best single source, merged candidates in fused order,
   * `accurate`, `balanced`, and the candidates in perfect order. The best source is chosen by the truth
   * that it is judged by.
   */
  readonly stages: readonly TruthRow[];
}

/** Everything on the listeners who discovered something between the week's as-of time and `until`. */
export async function judgeByTruth(
  simulated: SimulatedWeek,
  silver: SilverRef,
  asOf: number,
  until: number,
): Promise<TruthfulWeek> {
  const { dataDir, chain, monday, tracks } = simulated;
  const { snapshot } = chain;
  const point = { name: 'the week of the truth', at: asOf, until };
  const { catalogue, listeners } = await judgedAt(dataDir, silver, point, chain);
  const users = listeners.map((listener) => listener.user);
  const judge = new Judge(catalogue, snapshot.manifest.counts['listeners'] ?? users.length);
  const truth = worldTruth(simulated.truth, listeners, tracks, monday);
  const judged = new Map<string, { truth: number; heldOut: number }[]>();
  const add = (name: string, listOf: (listener: JudgedListener, i: number) => number[]): void => {
    judged.set(
      name,
      listeners.map((listener, i) => {
        const list = listOf(listener, i);
        return { truth: truth.ndcg(i, list), heldOut: judge.judge(listener, list).ndcg };
      }),
    );
  };
  const addRanking = (name: string, lists: Lists): void =>
    add(name, (listener) => judge.complete(listener, lists.get(listener.user) ?? []));
  const baselines = await baselineLists(dataDir, snapshot, users);
  for (const [name, lists] of baselines) addRanking(name, lists);
  for (const setting of settingNames) {
    const lists = await simulated.listed(setting);
    add(setting, ({ user }) => [...(lists.get(user) ?? [])]);
  }
  const { [merged]: candidates = new Map<string, number[]>(), ...sources } = Object.fromEntries(
    await candidateLists(chain.retrieval, users),
  );
  for (const [name, lists] of Object.entries(sources))
    if (!judged.has(name)) addRanking(name, lists);
  addRanking(fused, candidates);
  add(ceiling, ({ user }, i) => truth.byAffinity(i, candidates.get(user) ?? []).slice(0, 30));
  const rowOf = rowMaker(judged, users);
  const single = [...baselines.keys(), ...Object.keys(sources)].map(rowOf);
  const [best] = single.toSorted((a, b) => b.truth.mean - a.truth.mean);
  const bestSingle = best as TruthRow;
  return {
    listeners: users.length,
    rows: [...baselines.keys(), ...settingNames].map(rowOf),
    stages: [
      rowOf('popularity'),
      { ...bestSingle, name: `best single source: ${bestSingle.name}` },
      ...[fused, 'accurate', 'balanced', ceiling].map(rowOf),
    ],
  };
}

/** The name that `candidateLists` gives to all sources merged. */
const merged = 'candidates';
const fused = 'merged candidates, fused order';
const ceiling = '500 candidates in perfect order';

function rowMaker(
  judged: ReadonlyMap<string, readonly { truth: number; heldOut: number }[]>,
  users: readonly string[],
): (name: string) => TruthRow {
  const of = (name: string) => judged.get(name) ?? [];
  const mean = (values: readonly number[]): Interval => bootstrapMean(values, users);
  const popular = mean(of('popularity').map((value) => value.truth)).mean;
  const accurate = of('accurate');
  return (name) => {
    const values = of(name);
    const against = mean(values.map((value) => value.truth));
    return {
      name,
      truth: against,
      way: (against.mean - popular) / (1 - popular),
      heldOut: mean(values.map((value) => value.heldOut)),
      behind: mean(values.map((value, i) => (accurate[i]?.truth ?? 0) - value.truth)),
    };
  };
}

/** The rows as the table of docs/world.md. */
export function truthTable(rows: readonly TruthRow[]): string {
  const number = (x: number): string => x.toFixed(3).replace(/^(-?)0\./, '$1.');
  const interval = ({ mean, low, high }: Interval): string =>
    `${number(mean)} [${number(low)}, ${number(high)}]`;
  const lines = rows.map(({ name, truth, way, heldOut, behind }) =>
    [
      '',
      name,
      interval(truth),
      `${Math.round(100 * way) || 0} %`,
      interval(heldOut),
      name === 'accurate' ? '' : interval(behind),
      '',
    ]
      .join(' | ')
      .trim(),
  );
  return [
    '| method | NDCG@30 against the truth | way from popularity to oracle | NDCG@30, held-out plays | `accurate` minus it |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
    '| oracle | 1 | 100 % | | |',
  ].join('\n');
}
