import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateWorld, presets } from '../../../src/simulation/index.ts';
import { type Ended, type Running, launcher, main, start } from '../../support/command-line.ts';
import { splitWorld } from '../../support/split-world.ts';
import { worldWhere } from '../../support/world-without.ts';
import { type Scratch, copyFolder, removeFolder } from './scratch.ts';

const dayMs = 86_400_000;
const { endsAt } = presets.tiny;
/** Midnights before the world's end, at which the daily parts begin. */
const lastWeek = Math.floor(endsAt / dayMs) * dayMs - 7 * dayMs;

/** As-of times of the weeks before the newest: the first is dropped when the third is published. */
const earlierWeeks = [2, 1].map((weeks) => new Date(endsAt - 7 * weeks * dayMs).toISOString());
export const repairedDay = '2026-11-18';
export const sundayArgs = ['sunday', '--listeners', 'all', '--shards', '4'] as const;

/** States of a data folder that stages start from. */
export type Preparation =
  | 'nothing'
  | 'ingested'
  | 'refined'
  | 'trained'
  | 'two weeks'
  | 'week and run'
  | 'base of days';

/** Makes data folders in a state once, and copies of them at will. */
export class Prepared {
  readonly scratch: Scratch;
  readonly config: string;
  private readonly made = new Map<Preparation, string>();
  private worldPath = '';
  private parts: readonly string[] = [];

  constructor(scratch: Scratch) {
    this.scratch = scratch;
    this.config = join(scratch.path, 'suite.toml');
    writeFileSync(this.config, '[lake]\nbuckets = 4\n\n[batch]\nthreads = 1\nworkers = 1\n');
  }

  /** The world's folder in the generic format. */
  async world(): Promise<string> {
    if (this.worldPath === '') {
      const path = join(this.scratch.path, 'world');
      await generateWorld(presets.tiny, path, {});
      this.worldPath = path;
    }
    return this.worldPath;
  }

  /** The same world cut into all before the last week and its first days, a folder each. */
  async days(): Promise<readonly string[]> {
    if (this.parts.length === 0)
      this.parts = await splitWorld(
        await this.world(),
        join(this.scratch.path, 'parts'),
        [0, 1, 2].map((day) => lastWeek + day * dayMs),
      );
    return this.parts;
  }

  /** All events of a day, but for some that should not have been. */
  async repaired(): Promise<string> {
    const path = join(this.scratch.path, 'repaired');
    if (!existsSync(path))
      await worldWhere(await this.world(), path, {
        events: `CAST(ts AS DATE) = '${repairedDay}' AND track_id NOT LIKE '%7'`,
        tracks: 'FALSE',
        listeners: 'FALSE',
        playlists: 'FALSE',
      });
    return path;
  }

  /** A copy of the folder in a state, under a name of its own. */
  async copy(state: Preparation): Promise<string> {
    const to = this.scratch.fresh('try');
    const from = await this.folder(state);
    if (existsSync(from)) copyFolder(from, to);
    return to;
  }

  /** Runs a command on a data folder to its good end. */
  async must(dataDir: string, ...args: readonly string[]): Promise<Ended> {
    const ended = await this.start(dataDir, args).ended;
    if (ended.code !== 0) throw new Error(`${args.join(' ')}: exit ${ended.code}\n${ended.stderr}`);
    return ended;
  }

  /** Starts a command on a data folder. */
  start(
    dataDir: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ) {
    const common = ['--data', dataDir, '--config', this.config];
    return start([main, ...args, ...common], environment);
  }

  /** As `start`, through the launcher that people use. */
  launch(
    dataDir: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
  ): Running {
    return start([launcher, ...args, '--data', dataDir, '--config', this.config], environment);
  }

  private async folder(state: Preparation): Promise<string> {
    const known = this.made.get(state);
    if (known !== undefined) return known;
    const path = join(this.scratch.path, `prepared-${state.replaceAll(' ', '-')}`);
    mkdirSync(this.scratch.path, { recursive: true });
    await this.make(state, path);
    this.made.set(state, path);
    return path;
  }

  private async make(state: Preparation, path: string): Promise<void> {
    if (state === 'nothing') return;
    const before = async (earlier: Preparation): Promise<void> =>
      copyFolder(await this.folder(earlier), path);
    if (state === 'ingested') await this.must(path, 'ingest', await this.world());
    else if (state === 'refined') {
      await before('ingested');
      await this.must(path, 'refine');
    } else if (state === 'trained') {
      await before('refined');
      await this.must(path, ...sundayArgs, '--dry-run');
      removeFolder(join(path, 'runs'));
      removeFolder(join(path, 'store'));
    } else if (state === 'week and run') {
      await before('trained');
      for (const asOf of earlierWeeks) await this.must(path, ...sundayArgs, '--as-of', asOf);
      await this.must(path, ...sundayArgs, '--dry-run');
    } else if (state === 'two weeks') {
      await before('week and run');
      await this.must(path, ...sundayArgs);
    } else {
      const [base] = await this.days();
      await this.must(path, 'ingest', base as string);
      await this.must(path, 'train', 'item2vec');
    }
  }
}
