// npm run fuzz -- [--minutes N] [--kind K]... [--seed S]
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { keep } from './corpus.ts';
import { type Tally, fuzzKind } from './fuzz-kind.ts';
import { kinds } from './kinds.ts';

const crate = 'crate';
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    kind: { type: 'string', multiple: true },
    seed: { type: 'string', default: '1' },
  },
});
const names = [...kinds.map(({ name }) => name), crate];
const chosen = values.kind ?? names;
const unknown = chosen.find((name) => !names.includes(name));
if (unknown !== undefined)
  throw new Error(`There is no kind "${unknown}"; there are ${names.join(', ')}.`);
const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
if (!(minutes > 0) || !Number.isInteger(seed))
  throw new Error('--minutes and --seed take numbers.');
const ms = (minutes * 60_000) / chosen.length;

process.stdout.write(
  '| kind | tried | refused | accepted | failed | slowest ms | peak MB |\n| --- | --: | --: | --: | --: | --: | --: |\n',
);
for (const kind of kinds.filter(({ name }) => chosen.includes(name)))
  report(await fuzzKind(kind, { seed, ms, now: Date.now }));
if (chosen.includes(crate)) fuzzCrate();

function report(tally: Tally): void {
  const { kind, tried, refused, accepted, failures, slowestMs, peakMb } = tally;
  process.stdout.write(
    `| ${kind} | ${tried} | ${refused} | ${accepted} | ${failures.length} | ${slowestMs} | ${peakMb} |\n`,
  );
  for (const { input, why } of failures) {
    const kept = keep(kind, input) ?? `${input.name} (too large to keep)`;
    process.stderr.write(`${kind}: ${kept}\n  ${why}\n`);
    process.exitCode = 1;
  }
}

/** The crate's own readers: a test of the crate, run for longer. */
function fuzzCrate(): void {
  const args = ['test', '--release', '--locked', '--test', 'hostile_files', '--', '--nocapture'];
  const env = {
    ...process.env,
    FUZZ_SECONDS: String(Math.ceil(ms / 1000)),
    FUZZ_SEED: String(seed),
  };
  if (spawnSync('cargo', args, { stdio: 'inherit', env }).status !== 0) process.exitCode = 1;
}
