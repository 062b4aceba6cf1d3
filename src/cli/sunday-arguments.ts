import { readFileSync } from 'node:fs';
import {
  chainOptions,
  gateLimits,
  openWorkspace,
  parseTime,
  withStore,
  workerCommand,
} from '../app/index.ts';
import { ConfigError } from '../domain/index.ts';
import { settings, type SettingName } from '../playlist/index.ts';
import { sunday } from '../weekly/index.ts';
import { type Context } from './command.ts';
import { type Reporter, formatSeconds } from './reporter.ts';
import { wholeNumber } from './whole-number.ts';

/** Runs `sunday` with the command's options. */
export async function runSunday(
  values: Context['values'],
  report: Reporter,
  signal: AbortSignal,
): Promise<number> {
  const text = (name: string): string | undefined => values[name] as string | undefined;
  const opened = await openWorkspace(text('data'), text('config'));
  const { config } = opened;
  const batch = {
    ...config.batch,
    block: wholeNumber(values, 'block') ?? config.batch.block,
    shards: wholeNumber(values, 'shards') ?? config.batch.shards,
    workers: wholeNumber(values, 'workers', { max: 256 }) ?? config.batch.workers,
  };
  const workspace = { ...opened, config: { ...config, batch } };
  const setting = settingOf(text('setting') ?? config.playlist.setting);
  const asOf = parseTime(text('as-of'));
  const selection = selectionOf(text('listeners') ?? 'active');
  const result = await withStore(workspace, (store) =>
    sunday({
      dataDir: workspace.dataDir,
      store,
      asOf,
      setting,
      selection,
      shards: batch.shards,
      workers: batch.workers,
      workerCommand: workerCommand(workspace),
      chain: { ...chainOptions(workspace), onProgress: report.progress },
      gate: gateLimits(workspace),
      dryRun: values['dry-run'] === true,
      billed: 'process',
      onStage: report.stage,
      onProgress: report.progress,
      signal,
    }),
  );
  const held = result.verdict.verdict === 'hold';
  report.result(result, () => {
    const failed = result.verdict.checks
      .filter((check) => !check.ok)
      .map(
        (check) =>
          `  ${check.name}: ${check.value.toPrecision(4)}, allowed ${check.min} to ${check.max}${check.setting === undefined ? '' : ` (${check.setting})`}`,
      );
    const shrunk = result.labelsShrunk
      ? [
          `The history is short: labels of ${result.labelDays.toFixed(1)} days from ${result.cutPoints} cut points.`,
        ]
      : [];
    return [
      `Week ${result.week}: ${result.listeners.toLocaleString('en')} lists (${result.ready.toLocaleString('en')} personal, ${result.fallback.toLocaleString('en')} fallback), setting ${result.setting}${result.ranked ? '' : ', without a ranker: no labels'}.`,
      ...shrunk,
      ...(held
        ? ['The gate held the week; nothing was published:', ...failed]
        : [
            result.pointer === null
              ? 'Dry run: not published.'
              : `Published generation ${result.generation}.`,
          ]),
      `Digest of all lists: ${result.listsDigest}`,
      '',
      'Bill:',
      ...result.bill.map(
        (line) =>
          `  ${line.stage.padEnd(12)} ${formatSeconds(line.wallSeconds).padStart(8)}  ${line.cpuSeconds.toFixed(1).padStart(8)} CPU s  ${String(line.peakMb).padStart(6)} MB`,
      ),
    ].join('\n');
  });
  return held ? 3 : 0;
}

function settingOf(name: string): SettingName {
  const found = (Object.keys(settings) as SettingName[]).find((setting) => setting === name);
  if (found === undefined)
    throw new ConfigError(`There is no setting "${name}".`, {
      code: 'cli.setting',
      remedy: `Use ${Object.keys(settings).join(', ')}.`,
    });
  return found;
}

function selectionOf(who: string): 'all' | 'active' | string[] {
  if (who === 'all' || who === 'active') return who;
  try {
    return readFileSync(who, 'utf8')
      .split(/\r?\n/)
      .filter((id) => id !== '');
  } catch (cause) {
    throw new ConfigError(`--listeners takes active, all or a file of ids; "${who}" is none.`, {
      code: 'cli.listeners',
      cause,
    });
  }
}
