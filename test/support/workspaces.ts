import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chainOptions, openWorkspace, withStore, workerCommand } from '../../src/app/index.ts';
import { ingest } from '../../src/lake/index.ts';
import { type WorldConfig, generateWorld } from '../../src/simulation/index.ts';
import { type SundayReport, type SundayRequest, sunday } from '../../src/weekly/index.ts';

/** A folder of its own below the system's temporary one. */
export function temporaryFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `deepcuts-${name}-`));
}

export function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

/** A lake that holds a world. */
export async function worldLake(dataDir: string, config: WorldConfig): Promise<void> {
  const world = join(dataDir, 'world');
  await generateWorld(config, world, {});
  await ingest({ dataDir, paths: [world], format: 'generic', now: config.endsAt, buckets: 8 });
}

/** A Sunday on a data folder with everything not named left as it is by default. */
export async function runSunday(
  dataDir: string,
  changes: Partial<SundayRequest> & { readonly block?: number } = {},
): Promise<SundayReport> {
  const opened = await openWorkspace(dataDir);
  const { block, ...rest } = changes;
  const batch = { ...opened.config.batch, threads: 1, block: block ?? 64 };
  const workspace = { ...opened, config: { ...opened.config, batch } };
  return withStore(workspace, (store) =>
    sunday({
      dataDir,
      store,
      asOf: null,
      setting: 'balanced',
      selection: 'all',
      shards: 4,
      workers: 1,
      workerCommand: workerCommand(workspace),
      chain: chainOptions(workspace),
      dryRun: false,
      ...rest,
    }),
  );
}
