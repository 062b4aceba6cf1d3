import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../domain/index.ts';
import { AttackLog } from './attack-log.ts';
import * as bots from './bots.ts';
import { type Family, families } from './families.ts';
import * as people from './heavy-people.ts';
import * as hijacks from './hijacks.ts';
import { Scene } from './scene.ts';
import { configOf, viewWorld } from './world-view.ts';

export interface AttackOptions {
  /** A generated world; it is only read. */
  readonly world: string;
  /** A folder that does not exist yet. */
  readonly out: string;
  /** Names; default: all. */
  readonly families?: readonly string[];
  readonly seed?: number;
  /** Accounts of each family (default: one in a hundred listeners, at least four). */
  readonly accounts?: number;
}

export interface AttackSummary {
  readonly families: readonly string[];
  readonly accounts: number;
  readonly sessions: number;
  readonly events: number;
}

const lives: Readonly<Record<string, (scene: Scene) => void>> = {
  loopers: bots.loopers,
  'short-plays': bots.shortPlays,
  lockstep: bots.lockstep,
  rotators: bots.rotators,
  camouflage: bots.camouflage,
  stolen: bots.stolen,
  'night-shift': bots.nightShift,
  stooges: bots.stooges,
  takeover: hijacks.takeover,
  'child-hour': hijacks.childHour,
  party: hijacks.party,
  guests: hijacks.guests,
  'sleep-loop': hijacks.sleepLoop,
  housemate: hijacks.housemate,
  worker: people.worker,
  superfan: people.superfan,
  sleeper: people.sleeper,
  bar: people.bar,
  household: people.household,
  marathon: people.marathon,
  courier: people.courier,
  insomniac: people.insomniac,
};

/** Most people that an account of a family takes: the victim, and those whose music is used. */
const peopleEach = 5;

/**
 * Writes attacks on a world, and heavy people who look like them, as a folder in the generic format to be
 * ingested beside it; `truth/` names accounts and sessions with family, kind and side. What a family does
 * depends on the world, the seed and its name alone, not on which others are asked for.
 */
export async function writeAttack(options: AttackOptions): Promise<AttackSummary> {
  const { world, out, seed = 1 } = options;
  if (existsSync(out))
    throw new ConfigError(`${out} exists already.`, {
      code: 'attack.exists',
      remedy: 'Name a new folder.',
    });
  const wanted = (options.families ?? families.map(({ name }) => name)).map(familyNamed);
  const config = configOf(world);
  const accounts = options.accounts ?? Math.max(4, Math.ceil(config.listeners / 100));
  const view = await viewWorld(world, config, seed, families.length * peopleEach * accounts);
  const log = new AttackLog(config.endsAt);
  for (const family of wanted) {
    const place = families.indexOf(family);
    const own = view.people.filter((_, i) => i % families.length === place);
    lives[family.name]?.(new Scene(view, family, log, { seed, accounts, people: own }));
  }
  const making = `${out}.building-${process.pid}`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true });
  const summary = { families: wanted.map(({ name }) => name), ...log.write(making) };
  const about = { schema: 1, seed, accounts, families: wanted };
  writeFileSync(join(making, 'truth', 'attack.json'), `${JSON.stringify(about, null, 1)}\n`);
  renameSync(making, out);
  return summary;
}

function familyNamed(name: string): Family {
  const family = families.find((one) => one.name === name);
  if (family !== undefined) return family;
  throw new ConfigError(`There is no family "${name}".`, {
    code: 'attack.family',
    remedy: `Use ${families.map((one) => one.name).join(', ')}.`,
  });
}
