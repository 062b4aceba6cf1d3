import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArtifactError, ConfigError, DataError, type Week, deliveryWeek } from '../domain/index.ts';
import { markLives, openDuckDb, statementsOf } from '../platform/index.ts';
import { startsAt, weekMs } from './config.ts';
import { Diary } from './diary.ts';
import { kind } from './event-block.ts';
import { blockRows, knownUntil, weekRows } from './generate.ts';
import { listenerTable } from './listener-table.ts';
import { type Delivered, LivingWorld } from './living-world.ts';
import { trackTable } from './track-table.ts';
import { type Truth, openTruth } from './truth.ts';
import { WorldFiles, type WorldTable } from './world-files.ts';

/** What came of a week's lists and of its listening. */
export interface LiveWeek {
  /** The new folder, in the generic format, with `delivered/` beside its tables. */
  readonly folder: string;
  readonly week: Week;
  readonly plays: number;
  readonly skips: number;
  /** Tracks delivered; of them, those in lists that were opened, started, liked and saved. */
  readonly delivered: number;
  readonly opened: number;
  readonly played: number;
  readonly liked: number;
  readonly saved: number;
}

const statement = statementsOf(new URL('live.sql', import.meta.url));
/** Most tracks of a delivered list; slots are single bytes. */
const longest = 100;
const written: readonly WorldTable[] = [
  'events',
  'tracks',
  'listeners',
  'playlists',
  'off_taste',
  'delivered',
];

/**
 * A generated world that goes on beyond its period (`ahead` weeks of its config), a week at a time,
 * with lists that somebody delivered in place of the service's own. What happened is a function of the
 * config and of the lists delivered so far, which are kept below `live/`: opening one lives the weeks
 * before again. Everybody is held in memory.
 */
export class LiveWorld {
  private readonly folder: string;
  private readonly truth: Truth;
  private readonly living: LivingWorld;

  private constructor(folder: string) {
    this.folder = folder;
    this.truth = openTruth(folder);
    this.living = new LivingWorld(this.truth.world, this.truth.world.botsFrom);
  }

  /** Opens a folder made by `generateWorld` and lives its weeks until now. */
  static async open(
    folder: string,
    onWeek: (week: number, weeks: number) => void = () => {},
  ): Promise<LiveWorld> {
    const live = new LiveWorld(folder);
    const lived = live.livedWeeks();
    const { config } = live.truth.world;
    const diary = new Diary(live.truth.world, weekRows);
    const weeks = config.weeks + lived.length;
    for (let week = 0; week < weeks; week++) {
      onWeek(week, weeks);
      const log = lived[week - config.weeks];
      if (log !== undefined && log !== live.nextWeek)
        throw new ArtifactError(`${folder} has lived ${log}, but not ${live.nextWeek}.`, {
          code: 'world.gap',
          remedy: `Remove the weeks after it below live/: a week depends on all before it.`,
        });
      const delivered =
        log === undefined
          ? undefined
          : await live.read('delivered', join(folder, 'live', log, 'delivered'));
      await live.living.live(diary, () => diary.clear(), delivered);
    }
    return live;
  }

  /** The week that is lived next; null where the world ends. */
  get nextWeek(): Week | null {
    const { config } = this.truth.world;
    if (this.living.week >= config.weeks + config.ahead) return null;
    return deliveryWeek(this.fromMs);
  }

  /**
   * Lives the next week into `live/WEEK`. `lists`: a Parquet file with user_id, week, rank, track_id as
   * `deepcuts export` writes it, or track ids by user id; null: nobody gets a list.
   */
  async next(lists: string | ReadonlyMap<string, readonly string[]> | null): Promise<LiveWeek> {
    const week = this.nextWeek;
    if (week === null)
      throw new ConfigError(`The world in ${this.folder} has no week left to live.`, {
        code: 'world.over',
        remedy: 'Make one with more weeks: "deepcuts world new DIR --ahead N".',
      });
    const delivered =
      typeof lists === 'string'
        ? await this.read('lists', lists, week)
        : this.indexed(lists ?? new Map());
    const out = join(this.folder, 'live', week);
    const building = `${out}.building-${process.pid}`;
    this.sweep();
    for (const name of WorldFiles.folders(written))
      mkdirSync(join(building, name), { recursive: true });
    try {
      const counts = await this.write(building, delivered);
      const summary = { week, ...counts };
      writeFileSync(
        join(building, 'week.json'),
        `${JSON.stringify({ schema: 1, ...summary }, null, 2)}\n`,
      );
      renameSync(building, out);
      return { folder: out, ...summary };
    } catch (error) {
      rmSync(building, { recursive: true, force: true });
      throw error;
    }
  }

  private get fromMs(): number {
    return startsAt(this.truth.world.config) + this.living.week * weekMs;
  }

  private async write(
    folder: string,
    delivered: Delivered,
  ): Promise<Omit<LiveWeek, 'folder' | 'week'>> {
    const { world } = this.truth;
    const from = this.fromMs;
    const files = await WorldFiles.open(folder, world);
    const counts = { plays: 0, skips: 0, delivered: 0, opened: 0, played: 0, liked: 0, saved: 0 };
    const diary = new Diary(world, blockRows);
    const flush = async (): Promise<void> => {
      count(diary, counts);
      await files.writeDiary(diary);
      diary.clear();
    };
    try {
      for (const [rows, columns] of trackTable(world, knownUntil(from), knownUntil(from + weekMs)))
        await files.write('tracks', rows, columns);
      for (const [rows, columns] of listenerTable(world, from, from + weekMs))
        await files.write('listeners', rows, columns);
      await this.living.live(
        diary,
        () => (diary.events.length > blockRows - weekRows ? flush() : undefined),
        delivered,
      );
      await flush();
      await files.close();
      return counts;
    } catch (error) {
      await files.close().catch(() => {}); // the first error is the one to tell
      throw error;
    }
  }

  /** Names of the weeks lived, in order. */
  private livedWeeks(): string[] {
    const folder = join(this.folder, 'live');
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => /^\d{4}-W\d\d$/.test(name))
      .toSorted();
  }

  /** Removes what killed runs left half-made. */
  private sweep(): void {
    const folder = join(this.folder, 'live');
    for (const name of existsSync(folder) ? readdirSync(folder) : []) {
      const [, mark] = name.split('.building-');
      if (mark !== undefined && !markLives(mark))
        rmSync(join(folder, name), { recursive: true, force: true });
    }
  }

  private async read(what: 'lists' | 'delivered', path: string, week?: Week): Promise<Delivered> {
    const parts = what === 'lists' ? [path] : readdirSync(path).map((name) => join(path, name));
    if (parts.length === 0) return new Map();
    const scratchDir = mkdtempSync(join(tmpdir(), 'deepcuts-live-'));
    try {
      await using sql = await openDuckDb({ scratchDir, memoryMb: 1024 });
      await sql.parquet(`live_${what}`, parts);
      const rows = await sql.rows(statement(what));
      const other = rows.find(
        (row) => row['first_week'] !== row['last_week'] || row['first_week'] !== week,
      );
      if (week !== undefined && other !== undefined)
        throw new DataError(
          `${path} has lists of ${String(other['first_week'])}, not of ${week}.`,
          {
            code: 'world.lists',
            remedy: `Deliver lists of ${week}, the next week of this world.`,
          },
        );
      return this.indexed(
        new Map(rows.map((row) => [String(row['user_id']), String(row['tracks']).split('|')])),
      );
    } finally {
      rmSync(scratchDir, { recursive: true, force: true });
    }
  }

  private indexed(lists: ReadonlyMap<string, readonly string[]>): Delivered {
    for (const [user, tracks] of lists)
      if (tracks.length > longest)
        throw new DataError(`The list of ${user} has ${tracks.length} tracks.`, {
          code: 'world.lists',
          remedy: `Deliver lists of ${longest} tracks at most.`,
        });
    return new Map(
      [...lists].map(([user, tracks]) => [
        this.truth.listenerIndex(user),
        tracks.map((id) => this.truth.trackIndex(id)),
      ]),
    );
  }
}

function count(
  { events, delivered }: Diary,
  into: Record<'plays' | 'skips' | 'delivered' | 'opened' | 'played' | 'liked' | 'saved', number>,
): void {
  for (let i = 0; i < events.length; i++) {
    if (events.kind[i] === kind.play) into.plays++;
    if (events.kind[i] === kind.skip) into.skips++;
  }
  into.delivered += delivered.length;
  for (const key of ['opened', 'played', 'liked', 'saved'] as const)
    into[key] += delivered.columns[key].reduce((sum, x) => sum + x, 0);
}
