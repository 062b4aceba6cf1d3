// Bots and strangers' sessions: what is found, what it costs, what it gives back. Kept in .cache.
//   node bench/hygiene.ts [flags|people|splice|clean|attacked]...
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Interval, bootstrapMean } from '../src/domain/index.ts';
import { families, presets } from '../src/simulation/index.ts';
import { boughtTracks, hosts, victims } from './hygiene/attacked.ts';
import { familyTable, flaggedSessions, peopleTable } from './hygiene/flags.ts';
import { freshFolder, lake, worldLake } from './hygiene/lakes.ts';
import { type Judged, judgeHygiene } from './hygiene/lists.ts';
import { spliceSessions, splicedFlags } from './hygiene/splice.ts';

/** Thresholds were chosen on seeds 2 and 3, and there on the tuning families alone. */
const judgedSeeds = [1, 4];
const peopleSeeds = [5, 6, 7];
const accounts = 15;
const music = new URL('../../shared/data/30music_sessions', import.meta.url).pathname;
const musicNow = Date.UTC(2020, 0, 1);

const print = (line: string): boolean => process.stdout.write(`${line}\n`);
const percent = ({ mean, low, high, n }: Interval): string =>
  n === 0
    ? '-'
    : [mean, low, high]
        .map((x) => (100 * x).toFixed(0))
        .join(' ')
        .replace(/ (\d+) (\d+)$/, ' [$1, $2]');
const digits = ({ mean, low, high }: Interval): string =>
  `${mean.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]`;

async function flags(): Promise<void> {
  const rows = [];
  for (const seed of judgedSeeds) {
    const attacked = await worldLake(
      { ...presets.test, seed },
      families.map(({ name }) => name),
      accounts,
    );
    for (const row of await flaggedSessions(attacked))
      rows.push({ ...row, user_id: `${seed}/${String(row['user_id'])}` });
  }
  print(
    '\n| family | kind | side | accounts | flagged as bots, % | sessions | set aside, % | precision, % |',
  );
  print('| --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const one of familyTable(rows))
    print(
      `| ${one.name} | ${one.kind} | ${one.side} | ${one.accounts} | ${percent(one.bots)} | ${one.sessions} | ${percent(one.aside)} | ${one.kind === 'human' ? '' : percent(one.precision)} |`,
    );
  const people = peopleTable(rows);
  const of = ({ flagged, people: n }: { flagged: number; people: number }): string =>
    `${flagged} of ${n}`;
  print(
    `\nFlagged as bots: people of the worlds ${of(people.all)}, the heaviest 5 % of them ${of(people.heaviest)}, heavy families ${of(people.heavyFamilies)}.`,
  );
  print(
    `Own sessions of untouched listeners set aside: ${people.ownAside} of ${people.ownSessions}.`,
  );
}

async function splice(): Promise<void> {
  if (!existsSync(music)) return void print('\nsplice: 30music_sessions is not here; skipped');
  const folder = freshFolder('splice');
  const spliced = spliceSessions(music, folder, 1200, 1);
  const { dataDir, silver } = await lake('lake-spliced', [music, folder], 'session-rec', musicNow);
  print(
    '\n| side | spliced sessions | compared | set aside, % | untouched sessions | compared | set aside, % |',
  );
  print('| --- | --- | --- | --- | --- | --- | --- |');
  for (const side of ['tuning', 'held-out'] as const) {
    const found = await splicedFlags(dataDir, silver, spliced, side);
    print(
      `| ${side} | ${found.spliced.n} | ${found.splicedCompared} | ${percent(found.spliced)} | ${found.untouched.n} | ${found.untouchedCompared} | ${(100 * found.untouched.mean).toFixed(2)} |`,
    );
  }
}

function difference(name: string, judged: Judged, keep: (user: string) => boolean): void {
  for (const against of ['heldOut', 'truth'] as const) {
    const scores = judged[against];
    if (scores === null) continue;
    const at = judged.users.map((user, i) => (keep(user) ? i : -1)).filter((i) => i >= 0);
    const users = at.map((i) => judged.users[i] as string);
    const mean = (values: (i: number) => number): Interval => bootstrapMean(at.map(values), users);
    const [on, off] = [mean((i) => scores.on[i] as number), mean((i) => scores.off[i] as number)];
    const paired = mean((i) => (scores.on[i] as number) - (scores.off[i] as number));
    const share = ((100 * paired.mean) / off.mean).toFixed(1);
    print(
      `| ${name} | ${judged.setting} | ${against === 'truth' ? 'the truth' : 'held-out plays'} | ${off.n} | ${off.mean.toFixed(4)} | ${on.mean.toFixed(4)} | ${digits(paired)} | ${share} % |`,
    );
  }
}

const header = (): void => {
  print('\n| listeners | setting | NDCG@30 against | n | off | on | on minus off | share |');
  print('| --- | --- | --- | --- | --- | --- | --- | --- |');
};

async function clean(): Promise<void> {
  header();
  for (const seed of judgedSeeds) {
    const { dataDir, silver, world } = await worldLake({ ...presets.test, seed }, [], 0);
    const others = await hosts(world);
    for (const one of await judgeHygiene(dataDir, silver, world)) {
      difference(`world ${seed}, all`, one, () => true);
      difference(`world ${seed}, only themselves`, one, (user) => !others.has(user));
    }
  }
  if (!existsSync(music)) return void print('30music_sessions is not here; skipped');
  const { dataDir, silver } = await lake('lake-music', [music], 'session-rec', musicNow);
  for (const one of await judgeHygiene(dataDir, silver, null))
    difference('30Music, windows 0 and 1', one, () => true);
}

async function attacked(): Promise<void> {
  const names = families.filter(({ kind }) => kind !== 'human').map(({ name }) => name);
  for (const seed of judgedSeeds) {
    const lakeOf = await worldLake({ ...presets.test, seed }, names, accounts);
    const { dataDir, silver, world } = lakeOf;
    const judged = await judgeHygiene(dataDir, silver, world);
    const kinds = victims(join(lakeOf.attack, 'truth', 'accounts.csv'));
    header();
    for (const one of judged) {
      difference(`world ${seed}, hijacked`, one, (user) => kinds.get(user) === 'hijack');
      difference(`world ${seed}, others`, one, (user) => !kinds.has(user) && user.startsWith('u'));
    }
    const bought = await boughtTracks(lakeOf);
    const before = await worldLake({ ...presets.test, seed }, [], 0);
    const untouched = await judgeHygiene(before.dataDir, before.silver, null);
    print('\n| world | setting | bought tracks in 1,000 of people without the attack | off | on |');
    print('| --- | --- | --- | --- | --- |');
    const share = (users: readonly string[], all: readonly string[][]): string => {
      const people = all.filter((_, i) => kinds.get(users[i] as string) !== 'bot').flat();
      return ((1000 * people.filter((id) => bought.has(id)).length) / people.length).toFixed(1);
    };
    for (const [i, { setting, users, lists }] of judged.entries()) {
      const clean = untouched[i] as Judged;
      print(
        `| ${seed} | ${setting} | ${share(clean.users, clean.lists.off)} | ${share(users, lists.off)} | ${share(users, lists.on)} |`,
      );
    }
  }
}

/** Heavy people alone, many of them: how sure it is that few are taken for machines. */
async function people(): Promise<void> {
  const rows = [];
  const names = families.filter(({ kind }) => kind === 'human').map(({ name }) => name);
  for (const seed of peopleSeeds) {
    const lakeOf = await worldLake({ ...presets.test, seed }, names, 2 * accounts);
    for (const row of await flaggedSessions(lakeOf))
      rows.push({ ...row, user_id: `${seed}/${String(row['user_id'])}` });
  }
  const { all, heaviest, heavyFamilies } = peopleTable(rows);
  const heavy = heaviest.people + heavyFamilies.people;
  const flagged = heaviest.flagged + heavyFamilies.flagged;
  print(
    `\nWorlds ${peopleSeeds.join(', ')}, heavy families alone: flagged as bots ${all.flagged} of ${all.people} people, ${flagged} of ${heavy} heavy ones; at most ${(100 * upperShare(flagged, heavy)).toFixed(2)} % of these (95 %, one-sided, exact).`,
  );
}

/** The largest share under which so few of n have a chance of 5 %: Clopper and Pearson's upper bound. */
function upperShare(found: number, n: number): number {
  const chance = (share: number): number => {
    let [term, sum] = [(1 - share) ** n, 0];
    for (let k = 0; k <= found; k++) {
      sum += term;
      term *= ((n - k) / (k + 1)) * (share / (1 - share));
    }
    return sum;
  };
  let [low, high] = [0, 1];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (chance(middle) > 0.05) low = middle;
    else high = middle;
  }
  return high;
}

const studies = { flags, people, splice, clean, attacked };
const wanted = process.argv.slice(2);
for (const [name, study] of Object.entries(studies))
  if (wanted.length === 0 || wanted.includes(name)) await study();
