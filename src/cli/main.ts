import { ConfigError, DeepcutsError } from '../domain/index.ts';
import { commandHelp, runCommand } from './command.ts';
import { commandNames, commandSummaries, loadCommand } from './commands.ts';

function help(): string {
  const rows = commandSummaries.map(([name, summary]) => `  ${name.padEnd(12)} ${summary}`);
  return [
    'Deepcuts: a playlist of 30 unheard tracks for every listener, every Monday.',
    '',
    'Usage: deepcuts COMMAND [options]      (deepcuts COMMAND --help for one command)',
    '',
    ...rows,
    '',
    'Exit codes: 0 ok, 1 the run failed, 2 bad usage or configuration, 3 the gate said no, 4 an alarm.',
    '',
  ].join('\n');
}

/** What an error looks like to a person, and the exit code it leads to. */
function describe(error: unknown): { text: string; code: number } {
  if (error instanceof DeepcutsError) {
    const remedy = error.remedy === undefined ? '' : `\n  ${error.remedy}`;
    return {
      text: `deepcuts: ${error.message}${remedy}\n  [${error.code}]\n`,
      code: error instanceof ConfigError ? 2 : 1,
    };
  }
  if (error instanceof Error && 'syscall' in error && 'code' in error)
    return {
      text: `deepcuts: ${error.message}.\n  Check that the folder exists, that you may write to it, and that the disk has room.\n  [system.${String(error.code).toLowerCase()}]\n`,
      code: 1,
    };
  return {
    text: `deepcuts: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    code: 1,
  };
}

/** Fires on the first SIGINT or SIGTERM; a second one ends the program at once. */
function abortOnSignal(): AbortSignal {
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort());
  process.once('SIGTERM', () => abort.abort());
  return abort.signal;
}

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const about = rest[0];
    process.stdout.write(
      name === 'help' && about !== undefined && commandNames.includes(about)
        ? commandHelp(await loadCommand(about))
        : help(),
    );
    return name === undefined ? 2 : 0;
  }
  if (name === '--version') {
    const { version } = (await import('../../package.json', { with: { type: 'json' } })).default;
    process.stdout.write(`${version}\n`);
    return 0;
  }
  if (!commandNames.includes(name)) {
    const { nearest } = await import('../app/index.ts');
    throw new ConfigError(`There is no command "${name}".`, {
      code: 'cli.command',
      remedy: `Did you mean "${nearest(name, commandNames)}"? See "deepcuts --help".`,
    });
  }
  return runCommand(await loadCommand(name), rest, abortOnSignal());
}

// whoever reads the output may stop reading: `deepcuts show u1 | head`
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const { text, code } = describe(error);
  process.stderr.write(text);
  process.exitCode = code;
}
