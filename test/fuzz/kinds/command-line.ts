import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError } from '../../../src/domain/index.ts';
import { commandNames, loadCommand } from '../../../src/cli/commands.ts';
import { runCommand } from '../../../src/cli/command.ts';
import { type Input, type Kind } from '../kind.ts';
import { pick } from '../mutate.ts';

/** Commands that end by themselves at once on an empty folder. */
const commands = commandNames.filter(
  (name) => !['demo', 'world', 'serve', 'doctor'].includes(name),
);
const words = [
  '--data',
  '--json',
  '--quiet',
  '--config',
  '--as-of',
  '--listeners',
  '--shards',
  '--out',
];
const more = [
  '--format',
  '--week',
  '--setting',
  '--workers',
  '--seed',
  '--force',
  '--dry-run',
  '--explain',
];
const values = [
  '',
  '.',
  '--',
  '-',
  '-1',
  '0',
  '1e9',
  'NaN',
  '2026-W53',
  '2026-W99',
  '2026-02-30',
  'x',
];
const hostile = [
  '__proto__',
  'constructor',
  '\u0000',
  '\ud800',
  '../x',
  'x'.repeat(5000),
  '%s',
  '$(x)',
];

const input = (args: readonly string[]): Input => ({
  name: 'arguments.json',
  bytes: Buffer.from(JSON.stringify(args)),
});

export const commandLine: Kind = {
  name: 'cli',
  special: commands
    .flatMap((name) => [[name], [name, '--help'], [name, '--data', '\0'], [name, '\0']])
    .map((args) => () => input(args)),
  invented: (rng) => {
    const count = Math.floor(rng.uniform() * 6);
    const word = (): string => pick(rng, pick(rng, [words, more, values, hostile]));
    return input([pick(rng, commands), ...Array.from({ length: count }, word)]);
  },
  open: (folder) => {
    // deep enough that no ".." of an input leaves the folder
    const here = join(folder, 'a', 'b', 'c', 'd', 'e', 'f');
    return Promise.resolve({
      take: async ({ bytes }) => {
        rmSync(join(folder, 'a'), { recursive: true, force: true });
        mkdirSync(here, { recursive: true });
        process.chdir(here);
        const [name, ...args] = argumentsOf(bytes);
        if (name !== undefined && commands.includes(name))
          await runCommand(await loadCommand(name), args, new AbortController().signal).catch(
            named,
          );
      },
    });
  },
};

/** Errors of the system are told to the user under the code that `main` gives them. */
function named(error: unknown): never {
  const { syscall, code } = error as NodeJS.ErrnoException;
  if (syscall === undefined || code === undefined) throw error;
  throw new EngineError(String(error), { code: `system.${code.toLowerCase()}` });
}

function argumentsOf(bytes: Uint8Array): string[] {
  try {
    const found: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return Array.isArray(found) ? found.map(String) : [];
  } catch {
    return [];
  }
}
