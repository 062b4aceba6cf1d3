import { type Command } from '../command.ts';

export const command: Command = {
  name: 'sunday',
  summary:
    'The weekly job: refines and trains what is stale, makes every list, passes the gate, publishes.',
  usage: '',
  positionals: { min: 0, max: 0 },
  options: {
    'as-of': {
      type: 'string',
      value: 'TIME',
      help: 'read nothing at or after it (default: just after the newest event)',
    },
    setting: {
      type: 'string',
      value: 'S',
      help: 'accurate, balanced or adventurous (default: balanced)',
    },
    listeners: {
      type: 'string',
      value: 'WHO',
      help: 'active (default), all, or a file of user ids, one a line',
    },
    shards: { type: 'string', value: 'N', help: 'shards; never changes a list' },
    workers: { type: 'string', value: 'N', help: 'worker processes; never changes a list' },
    block: { type: 'string', value: 'N', help: 'listeners per task; never changes a list' },
    resume: {
      type: 'boolean',
      help: 'go on with a run that was stopped (what is done is kept in any case)',
    },
    'dry-run': { type: 'boolean', help: 'stop after the gate' },
  },
  details: ['Exit code 3: the gate held the week; nothing was published.'],
  async run({ values, report, signal }) {
    const { runSunday } = await import('../sunday-arguments.ts');
    return runSunday(values, report, signal);
  },
};
