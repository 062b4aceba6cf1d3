import { type Command } from '../command.ts';
import { wholeNumber } from '../whole-number.ts';

export const command: Command = {
  name: 'demo',
  summary:
    'Builds a seeded world and runs ingest, features, training, evaluation, a Sunday and the API on it.',
  usage: '',
  positionals: { min: 0, max: 0 },
  options: {
    exit: { type: 'boolean', help: 'end after the list instead of serving' },
    port: { type: 'string', value: 'PORT', help: 'port of the API (default: 8787)' },
  },
  details: [
    'Works in ./demo-data unless --data names another folder; a second run finds its work done.',
  ],
  async run({ values, report, signal }) {
    const port = wholeNumber(values, 'port', { min: 0, max: 65_535 });
    const { evaluationText, openWorkspace, playlistText, runDemo, withStore } =
      await import('../../app/index.ts');
    const workspace = await openWorkspace(
      (values['data'] as string | undefined) ?? 'demo-data',
      values['config'] as string | undefined,
    );
    const {
      playlist,
      evaluation,
      report: sunday,
      now,
    } = await runDemo(workspace, { onStage: report.stage, onProgress: report.progress, signal });
    report.result({ playlist, evaluation, sunday }, () =>
      [
        '',
        evaluationText(evaluation),
        '',
        `${sunday.listeners.toLocaleString('en')} lists made on the Sunday before the held-out week, published as generation ${sunday.generation}.`,
        '',
        playlistText(playlist),
        '',
      ].join('\n'),
    );
    if (values['exit'] === true) return 0;
    const { startServer } = await import('../../serving/index.ts');
    const { serving } = workspace.config;
    return withStore(workspace, async (store) => {
      const server = await startServer({
        dataDir: workspace.dataDir,
        store,
        host: serving.host,
        port: port ?? serving.port,
        keyHashes: serving.key_hashes,
        requestsPerMinute: serving.requests_per_minute,
        now: () => now,
      });
      report.note(
        `Serving ${server.url}/v1/listeners/${playlist.listener}/playlist?explain=1 (Ctrl-C ends)`,
      );
      await aborted(signal);
      await server.close();
      return 0;
    });
  },
};

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted)
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
