import { type SilverRef } from '../lake/index.ts';
import { buildLabels } from '../ranking/index.ts';
import { type Chain, type ChainOptions, chainAt } from '../scoring/index.ts';
import { Judge } from './judge.ts';
import {
  type JudgedCatalogue,
  type JudgedListener,
  readCatalogue,
  readJudgedListeners,
} from './judged-listeners.ts';
import { requireTruthAfter, requireUnread } from './leak-check.ts';
import { type EvaluationPoint } from './points.ts';
import { vectorsOf } from './track-vectors.ts';

/** Those who are judged at a point, by what they played after it. */
export interface Judged {
  readonly catalogue: JudgedCatalogue;
  readonly listeners: readonly JudgedListener[];
}

/** The chain as of a point with all that judges its lists. */
export interface JudgedPoint extends Judged {
  readonly chain: Chain;
  readonly judge: Judge;
}

/** Trains what a point needs, or finds it trained; refuses a chain that read anything of the truth. */
export async function judgedPoint(
  dataDir: string,
  silver: SilverRef,
  point: EvaluationPoint,
  options: ChainOptions,
): Promise<JudgedPoint> {
  const chain = await chainAt(dataDir, silver, point.at, options);
  requireUnread(chain, point.at);
  const judged = await judgedAt(dataDir, silver, point, chain);
  const all = chain.snapshot.manifest.counts['listeners'] ?? judged.listeners.length;
  return { ...judged, chain, judge: new Judge(judged.catalogue, all, vectorsOf(chain)) };
}

/** Who can be judged at a point, on a snapshot as of it; refuses truth that begins before it. */
export async function judgedAt(
  dataDir: string,
  silver: SilverRef,
  { at, until }: EvaluationPoint,
  { gold, snapshot }: Pick<Chain, 'gold' | 'snapshot'>,
): Promise<Judged> {
  const labels = await buildLabels(dataDir, { silver, gold, snapshot, from: at, to: until });
  requireTruthAfter(labels, snapshot, at);
  const catalogue = readCatalogue(snapshot);
  return { catalogue, listeners: readJudgedListeners(snapshot, labels, catalogue) };
}
