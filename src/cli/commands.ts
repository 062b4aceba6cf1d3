import { type Command } from './command.ts';

const loaders: Readonly<
  Record<
    string,
    { readonly summary: string; readonly load: () => Promise<{ readonly command: Command }> }
  >
> = {
  demo: {
    summary: 'builds a world and runs the whole machine on it',
    load: () => import('./commands/demo.ts'),
  },
  init: { summary: 'writes a commented deepcuts.toml', load: () => import('./commands/init.ts') },
  doctor: {
    summary: 'checks this machine and says what to do',
    load: () => import('./commands/doctor.ts'),
  },
  ingest: {
    summary: 'reads plays into the lake; safe to repeat',
    load: () => import('./commands/ingest.ts'),
  },
  refine: {
    summary: 'cleans what was ingested, with a quality report',
    load: () => import('./commands/refine.ts'),
  },
  daily: {
    summary: "the day's plays in: statistics and item vectors moved by it",
    load: () => import('./commands/daily.ts'),
  },
  backfill: {
    summary: 'a repaired or late day, with everything made from it',
    load: () => import('./commands/backfill.ts'),
  },
  train: { summary: 'trains the models as of a time', load: () => import('./commands/train.ts') },
  evaluate: {
    summary: 'judges lists and baselines on held-out weeks',
    load: () => import('./commands/evaluate.ts'),
  },
  tune: {
    summary: 'searches parameters on earlier weeks, within a budget',
    load: () => import('./commands/tune.ts'),
  },
  sunday: {
    summary: 'the weekly job: train, make every list, gate, publish',
    load: () => import('./commands/sunday.ts'),
  },
  publish: {
    summary: 'moves the pointer to a finished run',
    load: () => import('./commands/publish.ts'),
  },
  rollback: { summary: 'moves the pointer back', load: () => import('./commands/rollback.ts') },
  serve: { summary: 'the HTTP API', load: () => import('./commands/serve.ts') },
  show: {
    summary: "a listener's list with the reason of each track",
    load: () => import('./commands/show.ts'),
  },
  export: { summary: 'lists as Parquet, CSV or JSONL', load: () => import('./commands/export.ts') },
  forget: {
    summary: 'removes listeners from lake, features and store; prints a receipt',
    load: () => import('./commands/forget.ts'),
  },
  world: {
    summary: 'a seeded synthetic world of any size',
    load: () => import('./commands/world.ts'),
  },
};

export const commandNames: readonly string[] = Object.keys(loaders);

export const commandSummaries: readonly (readonly [string, string])[] = Object.entries(loaders).map(
  ([name, { summary }]) => [name, summary],
);

/** The command's own module; nothing heavier than its options is loaded before it runs. */
export async function loadCommand(name: string): Promise<Command> {
  const loader = loaders[name];
  if (loader === undefined) throw new Error(`no command ${name}`);
  return (await loader.load()).command;
}
