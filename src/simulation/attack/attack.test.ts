import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { presets } from '../config.ts';
import { type TestWorld, temporaryWorld } from '../test-worlds.ts';
import { writeAttack } from './attack.ts';
import { families } from './families.ts';

const dir = mkdtempSync(join(tmpdir(), 'deepcuts-attack-test-'));
const out = join(dir, 'attack');
let world: TestWorld;

beforeAll(async () => {
  world = await temporaryWorld(presets.tiny);
  await writeAttack({ world: world.folder, out, accounts: 2 });
});
afterAll(() => {
  world[Symbol.dispose]();
  rmSync(dir, { recursive: true });
});

const read = (folder: string, name: string): string => readFileSync(join(folder, name), 'utf8');
const csv = (name: string): string =>
  `read_csv('${join(out, name)}', header = true, all_varchar = true)`;

describe('attacks on a world', () => {
  it('come in at least eight families, each wholly for tuning or held out, both kinds on both sides', () => {
    for (const kind of ['bot', 'hijack', 'human']) {
      const of = families.filter((family) => family.kind === kind);
      const tuning = of.filter(({ side }) => side === 'tuning').length;
      expect(tuning * 2).toBe(of.length);
    }
    expect(families.filter(({ kind }) => kind !== 'human').length).toBeGreaterThanOrEqual(8);
    expect(new Set(families.map(({ name }) => name)).size).toBe(families.length);
  });

  it('play tracks of the world within its period', async () => {
    const events = csv('events/attack.csv');
    const strangers = `SELECT count(*) FROM ${events} ANTI JOIN tracks USING (track_id)`;
    expect(await world.number(strangers)).toBe(0);
    const late = `SELECT count(*) FROM ${events} WHERE epoch_ms(ts::TIMESTAMP) >= ${presets.tiny.endsAt}`;
    expect(await world.number(late)).toBe(0);
    const again = `SELECT count(*) FROM (SELECT 1 FROM ${events}
      GROUP BY user_id, track_id, ts, kind HAVING count(*) > 1)`;
    expect(await world.number(again)).toBe(0);
  });

  it('name every session they add, and none that was there', async () => {
    const unnamed = `SELECT count(*) FROM ${csv('events/attack.csv')}
      ANTI JOIN ${csv('truth/sessions.csv')} USING (user_id, session_id)`;
    expect(await world.number(unnamed)).toBe(0);
    const old = `SELECT count(*) FROM ${csv('truth/sessions.csv')} SEMI JOIN events USING (user_id, session_id)`;
    expect(await world.number(old)).toBe(0);
  });

  it('take existing listeners for hijacks and stolen accounts, new ones for farms and heavy people', async () => {
    const rows =
      await world.ask(`SELECT family, bool_and(l.user_id IS NOT NULL), bool_or(l.user_id IS NOT NULL)
      FROM ${csv('truth/accounts.csv')} AS a LEFT JOIN listeners AS l USING (user_id) GROUP BY family`);
    for (const [name, all, some] of rows) {
      const family = families.find((one) => one.name === name);
      const isVictim = family?.kind === 'hijack' || name === 'stolen';
      expect([name, all, some]).toEqual([name, String(isVictim), String(isVictim)]);
    }
  });

  it('are the same for the same seed, and a family alone does what it does among others', async () => {
    const again = join(dir, 'again');
    await writeAttack({ world: world.folder, out: again, accounts: 2 });
    for (const name of ['events/attack.csv', 'truth/sessions.csv', 'listeners/attack.csv'])
      expect(read(again, name)).toBe(read(out, name));
    const alone = join(dir, 'alone');
    await writeAttack({ world: world.folder, out: alone, accounts: 2, families: ['takeover'] });
    const plays = (folder: string, users: ReadonlySet<string>): string[] =>
      read(folder, 'events/attack.csv')
        .split('\n')
        .filter((line) => users.has(line.split(',')[0] ?? ''))
        .map((line) => line.split(',').slice(0, 8).join(','));
    const victims = new Set(
      read(alone, 'truth/accounts.csv')
        .split('\n')
        .filter((line) => line.includes('takeover'))
        .map((line) => line.split(',')[0] ?? ''),
    );
    expect(plays(alone, victims).length).toBeGreaterThan(20);
    expect(plays(out, victims)).toEqual(plays(alone, victims));
  });

  it('refuse an unknown family, a folder that exists and a folder that is no world', async () => {
    const options = { world: world.folder, out: join(dir, 'other') };
    await expect(writeAttack({ ...options, families: ['x'] })).rejects.toMatchObject({
      code: 'attack.family',
    });
    await expect(writeAttack({ ...options, out })).rejects.toMatchObject({ code: 'attack.exists' });
    await expect(writeAttack({ ...options, world: dir })).rejects.toMatchObject({
      code: 'attack.world',
    });
  });
});
