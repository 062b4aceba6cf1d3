import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { forget, openWorkspace } from '../../src/app/index.ts';
import { ingest } from '../../src/lake/index.ts';
import { openLmdbStore } from '../../src/platform/index.ts';
import { generateWorld, presets } from '../../src/simulation/index.ts';
import { leftovers } from '../../src/weekly/index.ts';
import { contentsOf, filesNaming } from '../support/contents.ts';
import { removeFolder, runSunday, temporaryFolder } from '../support/workspaces.ts';
import { worldWhere, worldWithout } from '../support/world-without.ts';

const config = presets.tiny;

/** One listener's erasure against the world without them: what differs, or nothing. */
export interface ErasureCheck {
  readonly user: string;
  readonly artifacts: number;
  readonly differences: readonly string[];
}

/** A world with its first Sunday published, from which listeners are forgotten one at a time. */
export class ErasureSuite {
  private readonly folder = temporaryFolder('erasure');
  private readonly world = join(this.folder, 'world');
  private readonly base = join(this.folder, 'base');

  static async open(): Promise<ErasureSuite> {
    const suite = new ErasureSuite();
    await generateWorld(config, suite.world, {});
    await suite.published(suite.base, suite.world);
    return suite;
  }

  close(): void {
    removeFolder(this.folder);
  }

  private async published(dataDir: string, input: string): Promise<string> {
    await ingest({ dataDir, paths: [input], format: 'generic', now: config.endsAt, buckets: 4 });
    return (await runSunday(dataDir)).listsDigest;
  }

  async check(user: string): Promise<ErasureCheck> {
    const dataDir = join(this.folder, `with-${user}`);
    const never = join(this.folder, `never-${user}`);
    cpSync(this.base, dataDir, { recursive: true });
    const differences: string[] = [];
    const expect = (what: string, holds: boolean): void => {
      if (!holds) differences.push(what);
    };
    if ((await filesNaming(dataDir, user)).length === 0) differences.push('was never there');
    const receipt = await forget(await openWorkspace(dataDir), { users: [user], now: 0 });
    expect('rows in bronze', receipt.bronzeRows > 0 && receipt.storeLists === 1);
    for (const name of await filesNaming(dataDir, user)) differences.push(`named in ${name}`);
    expect('served', !(await isServed(dataDir, user)));
    const lists = (await runSunday(dataDir)).listsDigest;
    const input = await worldWithout(this.world, join(this.folder, `input-${user}`), [user]);
    expect('lists', (await this.published(never, input)) === lists);
    const [mine, theirs] = [contentsOf(dataDir, leftovers(dataDir)), contentsOf(never)];
    for (const line of mine.filter((each) => !theirs.includes(each)))
      differences.push(`only after forgetting: ${line}`);
    // a model that lists in use need, and to which the listener gave nothing, is found again
    const all = contentsOf(dataDir);
    for (const line of theirs.filter((each) => !all.includes(each)))
      differences.push(`only without them: ${line}`);
    await this.resurrect(dataDir, user, expect);
    for (const path of [dataDir, never, input]) rmSync(path, { recursive: true, force: true });
    return { user, artifacts: theirs.length, differences };
  }

  /** Other bytes with the same people do not bring anybody back. */
  private async resurrect(
    dataDir: string,
    user: string,
    expect: (what: string, holds: boolean) => void,
  ): Promise<void> {
    const folder = join(this.folder, `again-${user}`);
    const again = await worldWhere(this.world, folder, { events: "kind <> 'unsave'" });
    const now = config.endsAt;
    const report = await ingest({ dataDir, paths: [again], format: 'generic', now });
    expect('tombstone', !report.repeated && report.erased > 0);
    expect('resurrected', (await filesNaming(dataDir, user)).length === 0);
    rmSync(again, { recursive: true, force: true });
  }
}

async function isServed(dataDir: string, user: string): Promise<boolean> {
  const store = await openLmdbStore(join(dataDir, 'store'));
  try {
    for (const generation of (await store.generations()).keys())
      if ((await store.get(generation, user)) !== null) return true;
    return false;
  } finally {
    await store.close();
  }
}

/** The listeners of the world, spread over it. */
export function someListeners(count: number): string[] {
  const step = config.listeners / count;
  return Array.from(
    { length: count },
    (_, i) => `u${String(Math.floor(i * step)).padStart(7, '0')}`,
  );
}

/** `--listeners N`, `--skip N`: leaves the first out, to share the work among processes. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      listeners: { type: 'string', default: '100' },
      skip: { type: 'string', default: '0' },
    },
  });
  const users = someListeners(Number(values.listeners)).slice(Number(values.skip));
  const suite = await ErasureSuite.open();
  const checks: ErasureCheck[] = [];
  try {
    for (const user of users) {
      const check = await suite.check(user);
      checks.push(check);
      const found = check.differences.length === 0 ? 'equal' : check.differences.join('; ');
      process.stdout.write(`${checks.length}/${users.length} ${user} ${found}\n`);
    }
  } finally {
    suite.close();
  }
  const equal = checks.filter(({ differences }) => differences.length === 0).length;
  const artifacts = checks.reduce((sum, check) => sum + check.artifacts, 0);
  process.stdout.write(
    `Erasure: ${equal} of ${users.length} listeners; ${artifacts} artifacts and the lists of each equal those of a world without them.\n`,
  );
  process.exitCode = equal === users.length ? 0 : 1;
}

if (import.meta.main) await main();
