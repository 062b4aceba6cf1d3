import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError } from '../domain/index.ts';
import { Reporter } from './reporter.ts';

export interface Option {
  readonly type: 'string' | 'boolean';
  readonly help: string;
  /** What stands for the value in the help text. */
  readonly value?: string;
  readonly short?: string;
}

export interface Context {
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly report: Reporter;
  readonly signal: AbortSignal;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** How positionals are written in the usage line, such as `PATH…`. */
  readonly usage: string;
  readonly positionals: { readonly min: number; readonly max: number };
  readonly options: Readonly<Record<string, Option>>;
  /** More lines for the help text: what the command reads and writes, examples. */
  readonly details?: readonly string[];
  /** Resolves to the exit code; undefined is 0. */
  run(context: Context): Promise<number | undefined>;
}

const common: Readonly<Record<string, Option>> = {
  data: { type: 'string', value: 'DIR', help: 'the data folder (default: ./data)' },
  config: { type: 'string', value: 'FILE', help: 'settings (default: DIR/deepcuts.toml)' },
  json: { type: 'boolean', help: 'print the result as one JSON document on stdout' },
  quiet: { type: 'boolean', help: 'no progress on stderr' },
  help: { type: 'boolean', short: 'h', help: 'this text' },
};

/** The help text of a command. */
export function commandHelp(command: Command): string {
  const rows = Object.entries({ ...command.options, ...common }).map(([name, option]) => {
    const left = `  ${option.short ? `-${option.short}, ` : ''}--${name}${option.value ? ` ${option.value}` : ''}`;
    return `${left.padEnd(32)} ${option.help}`;
  });
  const usage = `deepcuts ${command.name} ${command.usage}`.trimEnd();
  return [
    command.summary,
    '',
    `Usage: ${usage} [options]`,
    '',
    ...(command.details ?? []),
    ...(command.details ? [''] : []),
    'Options:',
    ...rows,
    '',
  ].join('\n');
}

/** Parses a command's arguments strictly and runs it. */
export async function runCommand(
  command: Command,
  args: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  if (args.some((arg) => arg.includes('\0')))
    throw new ConfigError(`deepcuts ${command.name}: an argument holds a NUL character.`, {
      code: 'cli.arguments',
      remedy: `See "deepcuts ${command.name} --help".`,
    });
  const { positionals, values } = await parse(command, args);
  if (values['help'] === true) {
    process.stdout.write(commandHelp(command));
    return 0;
  }
  const { min, max } = command.positionals;
  if (positionals.length < min || positionals.length > max)
    throw new ConfigError(
      `deepcuts ${command.name} takes ${command.usage === '' ? 'no arguments' : `"${command.usage}"`}, not ${positionals.length === 0 ? 'nothing' : `"${positionals.join(' ')}"`}.`,
      {
        code: 'cli.arguments',
        remedy: `See "deepcuts ${command.name} --help".`,
      },
    );
  const report = new Reporter({ json: values['json'] === true, quiet: values['quiet'] === true });
  try {
    return (await command.run({ positionals, values, report, signal })) ?? 0;
  } catch (error) {
    const { machineFault } = await import('../platform/index.ts');
    throw machineFault(error, resolve(String(values['data'] ?? 'data'))) ?? error;
  } finally {
    report.end();
  }
}

async function parse(
  command: Command,
  args: readonly string[],
): Promise<{ positionals: string[]; values: Record<string, string | boolean | undefined> }> {
  const options = Object.fromEntries(
    Object.entries({ ...command.options, ...common }).map(([name, { type, short }]) => [
      name,
      short === undefined ? { type } : { type, short },
    ]),
  );
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    return {
      positionals: parsed.positionals,
      values: parsed.values,
    };
  } catch (cause) {
    const unknown = args.find(
      (arg) => arg.startsWith('--') && !(arg.slice(2).replace(/=.*/s, '') in options),
    );
    const { nearest } = await import('../app/index.ts');
    const meant =
      unknown === undefined
        ? ''
        : `Did you mean "--${nearest(unknown.slice(2), Object.keys(options))}"? `;
    throw new ConfigError(
      `deepcuts ${command.name}: ${cause instanceof Error ? (cause.message.split('. ')[0] as string) : String(cause)}.`,
      {
        code: 'cli.option',
        remedy: `${meant}See "deepcuts ${command.name} --help".`,
        cause,
      },
    );
  }
}
