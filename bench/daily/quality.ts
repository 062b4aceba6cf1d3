import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Interval, bootstrapMean, gradedNdcg, weekOf } from '../../src/domain/index.ts';
import { chainOptions, openWorkspace } from '../../src/app/index.ts';
import {
  Judge,
  type JudgedListener,
  chainLists,
  readCatalogue,
  readJudgedListeners,
} from '../../src/evaluation/index.ts';
import {
  type DailyOptions,
  carriedVectors,
  defaultItem2vec,
  itemVectorsFile,
  trainItemVectors,
  updateItemVectors,
  vectorBases,
} from '../../src/features/index.ts';
import {
  type SilverRef,
  dayChain,
  gold,
  refine,
  snapshot,
  snapshotFiles,
} from '../../src/lake/index.ts';
import { Model } from '../../src/native/index.ts';
import { type Artifact, ColFile, listArtifacts } from '../../src/platform/index.ts';
import { buildLabels } from '../../src/ranking/index.ts';
import { type Retrieval, indexOf, poolSource, retrievalSpec } from '../../src/retrieval/index.ts';
import { chainAt, modelSetFor, openModelSet } from '../../src/scoring/index.ts';
import { type WorldConfig, openTruth } from '../../src/simulation/index.ts';
import { daily, dayMs, take, trainedBefore, worldOf } from './world.ts';

/** NDCG@30 of each judged listener: against held-out first plays, and against the world's truth. */
export interface Scores {
  readonly heldOut: readonly number[];
  readonly truth: readonly number[];
}

/** A world whose last week is held out, with seven daily runs in the week before it. */
export class JudgedWorld {
  readonly dataDir: string;
  readonly at: number;
  readonly users: readonly string[];
  private readonly silver: SilverRef;
  private readonly snapshot: Artifact;
  private readonly score: (
    lists: ReadonlyMap<string, readonly number[]>,
    complete: boolean,
  ) => Scores;

  private constructor(
    dataDir: string,
    at: number,
    silver: SilverRef,
    columns: Artifact,
    listeners: readonly JudgedListener[],
    score: JudgedWorld['score'],
  ) {
    this.dataDir = dataDir;
    this.at = at;
    this.silver = silver;
    this.snapshot = columns;
    this.users = listeners.map(({ user }) => user);
    this.score = score;
  }

  static async of(config: WorldConfig): Promise<JudgedWorld> {
    const at = config.endsAt - 7 * dayMs;
    const cuts = Array.from({ length: 8 }, (_, i) => at - (7 - i) * dayMs);
    const name = `quality-${config.seed}-${config.listeners}`;
    const { dataDir, parts } = await trainedBefore(name, config, [...cuts, config.endsAt]);
    for (const [i, part] of parts.slice(0, 7).entries())
      await daily(dataDir, part, cuts[i + 1] as number);
    await take(dataDir, parts[7] as string, config.endsAt);
    const silver = await refine({ dataDir });
    const options = chainOptions(await openWorkspace(dataDir));
    const { trainingDays, historyTracks, minPlays } = options;
    const tables = await gold({ dataDir, silver, asOf: at, trainingDays });
    const columns = await snapshot({ dataDir, gold: tables, historyTracks, minPlays });
    const window = { silver, gold: tables, snapshot: columns, from: at, to: config.endsAt };
    const catalogue = readCatalogue(columns);
    const listeners = readJudgedListeners(columns, await buildLabels(dataDir, window), catalogue);
    const judge = new Judge(catalogue, columns.manifest.counts['listeners'] ?? 0);
    const truth = openTruth(await worldOf(config));
    const tracks = ColFile.open(snapshotFiles(columns).catalogue)
      .strings('track_id')
      .map((id) => truth.trackIndex(id));
    const ideals = listeners.map(({ user, heard }) => {
      const known = new Set(Array.from(heard, (recording) => tracks[recording] as number));
      const best = truth.bestUnheard(truth.listenerIndex(user), known, 30, at);
      return best.map(({ affinity }) => affinity);
    });
    return new JudgedWorld(dataDir, at, silver, columns, listeners, (lists, complete) => {
      const judged = listeners.map((listener, i) => {
        const raw = lists.get(listener.user) ?? [];
        const list = complete ? judge.complete(listener, raw) : raw;
        const person = truth.listenerIndex(listener.user);
        const gains = list.map((t) => truth.affinity(person, tracks[t] as number, at));
        return {
          heldOut: judge.judge(listener, list).ndcg,
          truth: gradedNdcg(gains, ideals[i] as number[], 30),
        };
      });
      return { heldOut: judged.map((j) => j.heldOut), truth: judged.map((j) => j.truth) };
    });
  }

  trained(seed = 1): Promise<Artifact> {
    return trainItemVectors(this.dataDir, this.snapshot, { ...defaultItem2vec, seed });
  }

  /** Vectors as of the last training, moved by the days that learned with these options. */
  async carried(
    options: DailyOptions,
    days = 7,
  ): Promise<{ vectors: Artifact; learned: Artifact[] }> {
    const { dataDir } = this;
    const bases = vectorBases(dataDir, defaultItem2vec, this.at - 6 * dayMs);
    for (const base of bases) {
      const chain = dayChain(dataDir, base.silver).slice(0, days);
      if (chain.length < days) continue;
      const learned = await updateItemVectors(dataDir, base, defaultItem2vec, chain, options);
      const { vectors } = base;
      const carried = await carriedVectors(
        dataDir,
        this.snapshot,
        vectors,
        defaultItem2vec,
        learned,
      );
      return { vectors: carried, learned };
    }
    throw new Error('no base');
  }

  /** Lists by the pool query over these vectors alone. */
  async byPool(vectors: Artifact): Promise<Scores> {
    const { dataDir, snapshot: columns } = this;
    const definition = { ...poolSource, topK: 300 };
    const index = await indexOf(dataDir, columns, vectors, itemVectorsFile(vectors));
    const retrieval: Retrieval = {
      snapshot: columns,
      sources: [],
      vectors,
      towers: null,
      vectorSources: [{ definition, index }],
    };
    const model = new Model(retrievalSpec(retrieval, this.at));
    const lists = new Map<string, readonly number[]>();
    const out = join(dataDir, 'lists.col');
    for (const bucket of snapshotFiles(columns).listeners) {
      await model.baselineBucket(0, 300, bucket, out, this.users);
      const col = ColFile.open(out);
      const [offsets, tracks] = [col.u32('list.off'), col.u32('list.track')];
      for (const [row, user] of col.strings('user_id').entries())
        lists.set(user, Array.from(tracks.subarray(offsets[row], offsets[row + 1])));
    }
    return this.score(lists, true);
  }

  /** Removes what was trained as of the judged time: it would be the newest base of a daily chain. */
  forgetRetrained(): void {
    for (const { path, manifest } of listArtifacts(join(this.dataDir, 'artifacts', 'item2vec')))
      if (manifest.asOf === this.at) rmSync(path, { recursive: true });
  }

  /** Lists of the whole chain, setting `accurate`, recipe `item2vec`. */
  async byChain(itemVectors: 'retrain' | 'daily'): Promise<Scores> {
    const { dataDir, silver, at } = this;
    const options = chainOptions(await openWorkspace(dataDir));
    const chain = await chainAt(dataDir, silver, at, {
      ...options,
      recipe: 'item2vec',
      itemVectors,
    });
    const carried = chain.retrieval.vectors?.manifest.inputs['base'] !== undefined;
    if (carried !== (itemVectors === 'daily'))
      throw new Error(`The chain of ${itemVectors} stands on the other vectors.`);
    const delivery = { setting: 'accurate' as const, week: weekOf(at), deliverAtMs: at, seed: 1 };
    const { path } = await modelSetFor(dataDir, chain, delivery);
    return this.score(
      await chainLists(await openModelSet(dataDir, path, { verify: false }), this.users),
      false,
    );
  }

  mean(values: readonly number[]): Interval {
    return bootstrapMean(values, this.users);
  }

  difference(a: readonly number[], b: readonly number[]): Interval {
    return this.mean(a.map((value, i) => value - (b[i] as number)));
  }
}
