import { type AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { EngineError } from '../domain/index.ts';
import { createApi } from './api.ts';
import { Playlists } from './playlists.ts';
import { type Store } from '../platform/index.ts';

export interface ServerOptions {
  readonly dataDir: string;
  readonly store: Store;
  readonly host: string;
  readonly port: number;
  readonly keyHashes: readonly string[];
  readonly requestsPerMinute: number;
  readonly now: () => number;
}

export interface RunningServer {
  readonly url: string;
  close(): Promise<void>;
}

/** How long requests under way may take to end once the server closes. */
const graceMs = 2000;

/** Listens; resolves once the port is open. Closing lets requests under way end. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const playlists = new Playlists(options.dataDir, options.store);
  const api = createApi({ ...options, playlists });
  await playlists.live(options.now());
  return new Promise((resolve, reject) => {
    const server = serve(
      { fetch: api.fetch, hostname: options.host, port: options.port },
      (info: AddressInfo) => {
        resolve({
          url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${info.port}`,
          close: () =>
            new Promise((done) => {
              const force = setTimeout(() => {
                if ('closeAllConnections' in server) server.closeAllConnections();
              }, graceMs);
              server.close(() => {
                clearTimeout(force);
                done();
              });
              if ('closeIdleConnections' in server) server.closeIdleConnections();
            }),
        });
      },
    );
    server.on('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new EngineError(`Cannot listen on ${options.host}:${options.port}: ${cause.message}`, {
          code: 'serving.listen',
          remedy: 'Choose another port with --port.',
          cause,
        }),
      ),
    );
  });
}
