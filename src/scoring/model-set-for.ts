import { type Week } from '../domain/index.ts';
import { type Artifact, type Json } from '../platform/index.ts';
import {
  type ListParams,
  type SettingName,
  buildExploration,
  settings,
} from '../playlist/index.ts';
import { type Chain } from './chain.ts';
import { buildModelSet } from './model-set.ts';

export interface Delivery {
  readonly setting: SettingName;
  /** Numbers of the list builder other than the setting's own, for studies. */
  readonly list?: ListParams;
  readonly week: Week;
  /** When the lists open, epoch ms: availability is judged then. */
  readonly deliverAtMs: number;
  readonly seed: number;
}

/** The chain's parts with exploration for them and a setting: what the Sunday and evaluation both use. */
export async function modelSetFor(
  dataDir: string,
  chain: Chain,
  delivery: Delivery,
): Promise<Artifact> {
  const { setting, week, deliverAtMs, seed } = delivery;
  const { snapshot, retrieval, ranker } = chain;
  return buildModelSet(dataDir, {
    retrieval,
    ranker,
    exploration: await buildExploration(dataDir, snapshot, seed),
    list: (delivery.list ?? settings[setting]) as unknown as Json,
    setting,
    seed,
    week: Number(week.replace('-W', '')),
    deliverAtMs,
  });
}
