import { join } from 'node:path';
import { type Prepared, type Preparation, repairedDay, sundayArgs } from './prepared.ts';
import { removeFolder } from './scratch.ts';

/** A stage of the machine, and how the suite starts and repeats it. */
export interface Stage {
  readonly name: string;
  readonly from: Preparation;
  /** Folders below the data folder that are taken away first: what the stage makes. */
  readonly without: readonly string[];
  readonly args: (prepared: Prepared, dataDir: string) => Promise<readonly string[]>;
  /** Steps on paths that match belong to the stage; the store's writes are `store …`. */
  readonly only: string;
  /** Whether a repeat would do it once more, so that it is repeated only where it did not happen. */
  readonly once: boolean;
}

const artifacts = (...kinds: string[]): string[] => kinds.map((kind) => `artifacts/${kind}`);
const towers = artifacts('tower-examples', 'two-tower', 'index');
const ranking = artifacts('labels', 'examples', 'ranker', 'model-set');

function stage(
  name: string,
  from: Preparation,
  args: Stage['args'],
  more: Partial<Pick<Stage, 'without' | 'only' | 'once'>> = {},
): Stage {
  return { name, from, args, without: [], only: '', once: false, ...more };
}

const fixed =
  (...args: string[]): Stage['args'] =>
  async () =>
    args;

export const stages: readonly Stage[] = [
  stage(
    'world',
    'nothing',
    async (_, dataDir) => ['world', 'new', join(dataDir, 'world'), '--preset', 'tiny'],
    { once: true },
  ),
  stage('ingest', 'nothing', async (prepared) => ['ingest', await prepared.world()]),
  stage('refine', 'ingested', fixed('refine')),
  stage('gold', 'refined', fixed('train', 'item2vec'), { only: 'lake/gold|artifacts/snapshot' }),
  stage('item2vec', 'trained', fixed('train', 'item2vec'), {
    without: [...artifacts('item2vec'), ...towers, ...ranking],
  }),
  stage('two-tower', 'trained', fixed('train', 'two-tower'), { without: [...towers, ...ranking] }),
  stage('index', 'trained', fixed('train', 'index'), { without: artifacts('index') }),
  stage('ranker', 'trained', fixed('train', 'ranker'), { without: ranking }),
  stage('shards', 'trained', fixed(...sundayArgs, '--workers', '2', '--dry-run'), {
    only: '/runs|ok line',
  }),
  stage('sunday', 'ingested', fixed(...sundayArgs)),
  stage("sunday's publish", 'week and run', fixed(...sundayArgs)),
  stage('publish', 'week and run', fixed('publish', '2026-W48')),
  stage('rollback', 'two weeks', fixed('rollback'), { once: true }),
  stage('daily', 'base of days', async (prepared) => [
    'daily',
    (await prepared.days())[1] as string,
  ]),
  stage('backfill', 'two weeks', async (prepared) => [
    'backfill',
    await prepared.repaired(),
    '--from',
    repairedDay,
    '--to',
    repairedDay,
  ]),
  stage('forget', 'two weeks', fixed('forget', 'u0000004', 'u0000100')),
  stage('export', 'two weeks', async (_, dataDir) => [
    'export',
    '--format',
    'parquet',
    '--out',
    join(dataDir, 'lists.parquet'),
  ]),
];

/** A data folder just before a stage. */
export async function ready(prepared: Prepared, { from, without }: Stage): Promise<string> {
  const dataDir = await prepared.copy(from);
  for (const folder of without) removeFolder(join(dataDir, folder));
  return dataDir;
}
