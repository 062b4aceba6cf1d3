import { type Interval, bootstrapMean, gradedNdcg } from '../../src/domain/index.ts';
import {
  Judge,
  baselineLists,
  readCatalogue,
  readJudgedListeners,
  settingNames,
} from '../../src/evaluation/index.ts';
import { type SilverRef } from '../../src/lake/index.ts';
import { buildLabels } from '../../src/ranking/index.ts';
import { retrievalAt } from '../../src/scoring/index.ts';
import { chainOptions, openWorkspace } from '../../src/app/index.ts';
import { type SimulatedWeek } from './simulated-week.ts';

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

/** Baselines and settings on the listeners who discovered something between the week's as-of time and `until`. */
export async function judgeByTruth(
  simulated: SimulatedWeek,
  silver: SilverRef,
  asOf: number,
  until: number,
): Promise<{ listeners: number; rows: TruthRow[] }> {
  const { dataDir, chain, truth, monday, tracks } = simulated;
  const { snapshot } = chain;
  const options = chainOptions(await openWorkspace(dataDir));
  const { gold } = await retrievalAt(dataDir, silver, asOf, options);
  const labels = await buildLabels(dataDir, { silver, gold, snapshot, from: asOf, to: until });
  const catalogue = readCatalogue(snapshot);
  const listeners = readJudgedListeners(snapshot, labels, catalogue);
  const users = listeners.map((listener) => listener.user);
  const judge = new Judge(catalogue, snapshot.manifest.counts['listeners'] ?? users.length);
  const ideals = listeners.map(({ user, heard }) => {
    const known = new Set(Array.from(heard, (recording) => tracks[recording] as number));
    const best = truth.bestUnheard(truth.listenerIndex(user), known, 30, monday);
    return best.map(({ affinity }) => affinity);
  });
  const methods: [string, ReadonlyMap<string, readonly number[]>, boolean][] = [];
  for (const [name, lists] of await baselineLists(dataDir, snapshot, users))
    methods.push([name, lists, true]);
  for (const setting of settingNames)
    methods.push([setting, await simulated.listed(setting), false]);
  const judged = new Map(
    methods.map(([name, lists, complete]) => {
      const values = listeners.map((listener, i) => {
        const raw = lists.get(listener.user) ?? [];
        const list = complete ? judge.complete(listener, raw) : raw;
        const gains = simulated.affinities(listener.user, list);
        return {
          truth: gradedNdcg(gains, ideals[i] as number[], 30),
          heldOut: judge.judge(listener, list).ndcg,
        };
      });
      return [name, values];
    }),
  );
  const of = (name: string): { truth: number; heldOut: number }[] => judged.get(name) ?? [];
  const mean = (values: readonly number[]): Interval => bootstrapMean(values, users);
  const popular = mean(of('popularity').map((value) => value.truth)).mean;
  const best = of('accurate');
  const rows = [...judged].map(([name, values]): TruthRow => {
    const against = mean(values.map((value) => value.truth));
    return {
      name,
      truth: against,
      way: (against.mean - popular) / (1 - popular),
      heldOut: mean(values.map((value) => value.heldOut)),
      behind: mean(values.map((value, i) => (best[i]?.truth ?? 0) - value.truth)),
    };
  });
  return { listeners: users.length, rows };
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
