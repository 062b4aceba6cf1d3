import { join } from 'node:path';
import { type Week, weekStart } from '../../src/domain/index.ts';
import { ColFile, type Store, openLmdbStore, readManifest } from '../../src/platform/index.ts';
import { type ApiOptions, Playlists, createApi } from '../../src/serving/index.ts';
import { presets } from '../../src/simulation/index.ts';
import { type GenerationInfo, type SundayReport } from '../../src/weekly/index.ts';
import { removeFolder, runSunday, temporaryFolder, worldLake } from './workspaces.ts';

export const hour = 3_600_000;
export const week = 7 * 24 * hour;

/** A data folder with a tiny world of which the newest week is published, and its store, open. */
export interface Published extends AsyncDisposable {
  readonly dataDir: string;
  readonly report: SundayReport;
  readonly store: Store;
  /** When the published week opens. */
  readonly monday: number;
  /** An API over the folder; an hour after `monday` unless `now` says otherwise. */
  api(changes?: Partial<ApiOptions>): ReturnType<typeof createApi>;
  /** The catalogue of the live generation, and a listener's history as track ids. */
  catalogue(): ColFile;
  history(user: string): string[];
  /** Listeners with enough plays who want a personal list, by id. */
  regulars(): string[];
}

export async function publishedWorld(name: string): Promise<Published> {
  const dataDir = temporaryFolder(name);
  await worldLake(dataDir, presets.tiny);
  const report = await runSunday(dataDir);
  const store = await openLmdbStore(join(dataDir, 'store'));
  const monday = weekStart(report.week as Week);
  const info = (await store.generations()).get(report.generation) as unknown as GenerationInfo;
  const { path, manifest } = readManifest(join(dataDir, info.snapshot));
  const buckets = Object.keys(manifest.files).filter((file) => file.startsWith('listeners-'));
  const files = buckets.toSorted().map((file) => ColFile.open(join(path, file)));
  const catalogue = ColFile.open(join(path, 'catalogue.col'));
  return {
    dataDir,
    report,
    store,
    monday,
    api: (changes = {}) =>
      createApi({
        store,
        playlists: new Playlists(dataDir, store),
        keyHashes: [],
        requestsPerMinute: 1_000_000,
        now: () => monday + hour,
        ...changes,
      }),
    catalogue: () => catalogue,
    history: (user) => {
      const ids = catalogue.strings('track_id');
      for (const file of files) {
        const row = file.strings('user_id').indexOf(user);
        if (row < 0) continue;
        const [from, to] = file.u32('hist.off').subarray(row, row + 2);
        return Array.from(file.u32('hist.track').subarray(from, to), (t) => ids[t] as string);
      }
      return [];
    },
    regulars: () =>
      files
        .flatMap((file) => {
          const flags = file.u8('flags');
          return file.strings('user_id').filter((_, i) => ((flags[i] as number) & 10) === 10);
        })
        .toSorted(),
    [Symbol.asyncDispose]: async () => {
      await store.close();
      removeFolder(dataDir);
    },
  };
}
