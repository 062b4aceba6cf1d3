import { type SilverRef } from '../lake/index.ts';
import { buildLabels } from '../ranking/index.ts';
import { type Chain, type ChainOptions, chainAt, retrievalAt } from '../scoring/index.ts';
import { Judge } from './judge.ts';
import {
  type JudgedCatalogue,
  type JudgedListener,
  readCatalogue,
  readJudgedListeners,
} from './judged-listeners.ts';
import { type EvaluationPoint } from './points.ts';
import { vectorsOf } from './track-vectors.ts';

/** The chain as of a point, and those who are judged by what they played after it. */
export interface JudgedPoint {
  readonly chain: Chain;
  readonly catalogue: JudgedCatalogue;
  readonly listeners: readonly JudgedListener[];
  readonly judge: Judge;
}

/** Trains what a point needs, or finds it trained. */
export async function judgedPoint(
  dataDir: string,
  silver: SilverRef,
  { at, until }: EvaluationPoint,
  options: ChainOptions,
): Promise<JudgedPoint> {
  const chain = await chainAt(dataDir, silver, at, options);
  const { snapshot } = chain;
  const { gold } = await retrievalAt(dataDir, silver, at, options);
  const labels = await buildLabels(dataDir, { silver, gold, snapshot, from: at, to: until });
  const catalogue = readCatalogue(snapshot);
  const listeners = readJudgedListeners(snapshot, labels, catalogue);
  const all = snapshot.manifest.counts['listeners'] ?? listeners.length;
  return { chain, catalogue, listeners, judge: new Judge(catalogue, all, vectorsOf(chain)) };
}
