import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chainOptions, openWorkspace } from '../../src/app/index.ts';
import { type Week, deliveryWeek, weekStart } from '../../src/domain/index.ts';
import { type SilverRef, snapshotFiles } from '../../src/lake/index.ts';
import { type Artifact, ColFile } from '../../src/platform/index.ts';
import {
  type DecodedList,
  type SettingName,
  buildExploration,
  decodeList,
  settings,
} from '../../src/playlist/index.ts';
import {
  type Chain,
  type OpenModelSet,
  ShardJob,
  buildModelSet,
  chainAt,
  openModelSet,
} from '../../src/scoring/index.ts';
import { type Truth, openTruth } from '../../src/simulation/index.ts';

type ListParams = (typeof settings)[SettingName];

/** The chain of a simulated world as of a time, beside the world's truth. */
export class SimulatedWeek {
  readonly dataDir: string;
  readonly chain: Chain;
  readonly truth: Truth;
  readonly week: Week;
  /** When the week's lists open, epoch ms. */
  readonly monday: number;
  /** Index in the truth of each track of the snapshot. */
  readonly tracks: readonly number[];
  /** Ids of the listeners who get a list of their own. */
  readonly listeners: readonly string[];
  private readonly exploration: Artifact;

  private constructor(dataDir: string, asOf: number, chain: Chain, exploration: Artifact) {
    this.dataDir = dataDir;
    this.chain = chain;
    this.exploration = exploration;
    this.truth = openTruth(join(dataDir, 'world'));
    this.week = deliveryWeek(asOf);
    this.monday = weekStart(this.week);
    const { catalogue, listeners } = snapshotFiles(chain.snapshot);
    const ids = ColFile.open(catalogue).strings('track_id');
    this.tracks = ids.map((id) => this.truth.trackIndex(id));
    this.listeners = listeners.flatMap((path) => {
      const file = ColFile.open(path);
      const flags = file.u8('flags');
      const wanted = personalise | enough;
      return file.strings('user_id').filter((_, i) => ((flags[i] as number) & wanted) === wanted);
    });
  }

  /** Trains as of a time on a lake made by `worldLake`. */
  static async at(dataDir: string, silver: SilverRef, asOf: number): Promise<SimulatedWeek> {
    const chain = await chainAt(dataDir, silver, asOf, chainOptions(await openWorkspace(dataDir)));
    const exploration = await buildExploration(dataDir, chain.snapshot, 1);
    return new SimulatedWeek(dataDir, asOf, chain, exploration);
  }

  /** The model set of a setting, changed where named. */
  async modelSet(setting: SettingName, changes: Partial<ListParams> = {}): Promise<OpenModelSet> {
    const { dataDir, chain, exploration, week, monday } = this;
    const { path } = await buildModelSet(dataDir, {
      retrieval: chain.retrieval,
      ranker: chain.ranker,
      exploration,
      list: { ...settings[setting], ...changes },
      setting,
      seed: 1,
      week: Number(week.replace('-W', '')),
      deliverAtMs: monday,
    });
    return openModelSet(dataDir, path, { verify: false });
  }

  /** Lists by listener, made as a shard makes them. */
  async lists(
    modelSet: OpenModelSet,
    listeners = this.listeners,
  ): Promise<ReadonlyMap<string, DecodedList>> {
    const job = new ShardJob(modelSet);
    const folder = join(this.dataDir, 'lists');
    mkdirSync(folder, { recursive: true });
    const lists = new Map<string, DecodedList>();
    for (let bucket = 0; bucket < job.buckets; bucket++) {
      const { file } = await job.bucket(bucket, folder, listeners);
      const col = ColFile.open(file);
      const values = col.u8('value');
      const ids = col.strings('user_id');
      const size = values.length / ids.length;
      for (const [i, user] of ids.entries())
        lists.set(user, decodeList(values.subarray(i * size, (i + 1) * size)));
    }
    return lists;
  }

  /** Snapshot tracks of a setting's lists, by listener. */
  async listed(
    setting: SettingName,
    changes: Partial<ListParams> = {},
  ): Promise<ReadonlyMap<string, readonly number[]>> {
    const lists = await this.lists(await this.modelSet(setting, changes));
    return new Map([...lists].map(([user, list]) => [user, list.tracks.map((slot) => slot.track)]));
  }

  /** The true genre of a snapshot's track. */
  genre(track: number): string {
    return this.truth.genreOf(this.tracks[track] as number);
  }

  country(user: string): string {
    return this.truth.countryOf(this.truth.listenerIndex(user));
  }

  /** Share of a list that is of a genre. */
  share(list: readonly number[], genre: string): number {
    return list.filter((track) => this.genre(track) === genre).length / list.length;
  }

  /** How likely the listener is to like the tracks of a list in the delivered week. */
  affinities(user: string, list: readonly number[]): number[] {
    const listener = this.truth.listenerIndex(user);
    return list.map((t) => this.truth.affinity(listener, this.tracks[t] as number, this.monday));
  }
}

/** Bits of `flags` in a listener's record. */
const personalise = 2;
const enough = 8;
