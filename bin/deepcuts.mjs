#!/usr/bin/env node
// Starts the command line on the Node 24 that comes with the package, whatever Node runs this file.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('..', import.meta.url);
const cli = fileURLToPath(new URL('src/cli/main.ts', root));
const bundled = [`linux-x64`, `linux-arm64`]
  .map((platform) => fileURLToPath(new URL(`node_modules/node-${platform}/bin/node`, root)))
  .find((path) => existsSync(path));
const major = Number(process.versions.node.split('.')[0]);
if (!bundled && major < 24) {
  process.stderr.write(
    `deepcuts needs Node 24 and found ${process.version}; its own Node was not installed.\n` +
      'Run "npm ci" without --omit=optional, or start it with Node 24 or later.\n',
  );
  process.exit(2);
}
// In a process group of its own: a terminal's Ctrl-C reaches the child once, through here.
const child = spawn(bundled ?? process.execPath, [cli, ...process.argv.slice(2)], {
  stdio: 'inherit',
  detached: true,
  env: { ...process.env, OMP_WAIT_POLICY: 'passive', NODE_NO_WARNINGS: '1' },
});
const endings = {
  SIGKILL:
    'probably for want of memory: give it more, or lower [lake] memory_mb or [batch] workers.',
  SIGABRT: 'probably for want of memory: give it more, or lower [lake] memory_mb.',
  SIGBUS: 'probably because the disk is full or cannot be read.',
  SIGSEGV: 'a fault of its own or of the machine.',
};
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
for (const signal of signals) process.on(signal, () => child.kill(signal));
process.on('SIGTSTP', () => {
  child.kill('SIGSTOP');
  process.kill(process.pid, 'SIGSTOP');
});
process.on('SIGCONT', () => child.kill('SIGCONT'));
child.on('error', (error) => {
  process.stderr.write(
    `deepcuts could not start ${bundled ?? process.execPath}: ${error.message}\n`,
  );
  process.exit(1);
});
child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code ?? 1);
  const why = endings[signal];
  if (why !== undefined)
    process.stderr.write(
      `deepcuts: the program was killed by ${signal}, ${why}\n` +
        '  What is finished is kept: run the command again.\n  [system.killed]\n',
    );
  // ends by the same signal, which the handlers above would swallow
  for (const name of signals) process.removeAllListeners(name);
  process.kill(process.pid, signal);
});
