import { type Command } from '../command.ts';
import { wholeNumber } from '../whole-number.ts';

export const command: Command = {
  name: 'serve',
  summary: 'Serves the published playlists over HTTP; the routes are in /openapi.json.',
  usage: '',
  positionals: { min: 0, max: 0 },
  options: {
    host: { type: 'string', value: 'HOST', help: 'address to listen on (default: 127.0.0.1)' },
    port: { type: 'string', value: 'PORT', help: 'port; 0 takes a free one (default: 8787)' },
  },
  async run({ values, report, signal }) {
    const port = wholeNumber(values, 'port', { min: 0, max: 65_535 });
    const { openWorkspace, withStore } = await import('../../app/index.ts');
    const { startServer } = await import('../../serving/index.ts');
    const workspace = await openWorkspace(
      values['data'] as string | undefined,
      values['config'] as string | undefined,
    );
    const { serving } = workspace.config;
    return withStore(workspace, async (store) => {
      const server = await startServer({
        dataDir: workspace.dataDir,
        store,
        host: (values['host'] as string | undefined) ?? serving.host,
        port: port ?? serving.port,
        keyHashes: serving.key_hashes,
        requestsPerMinute: serving.requests_per_minute,
        now: Date.now,
      });
      report.result({ url: server.url }, () => `Serving ${server.url} (Ctrl-C ends)`);
      if (!signal.aborted)
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      await server.close();
      return 0;
    });
  },
};
