// Preloaded into commands (NODE_OPTIONS=--import): every call that changes what is on disk, and every
// write to the store, becomes a numbered step at which the process may kill itself.
import fs from 'node:fs';
import { registerHooks, syncBuiltinESMExports } from 'node:module';
import { step } from './step.ts';

type Call = (...args: unknown[]) => unknown;
const changes = ['renameSync', 'linkSync', 'rmSync', 'unlinkSync', 'mkdirSync', 'writeFileSync'];
const laterChanges = ['rename', 'link', 'rm', 'unlink', 'mkdir', 'writeFile'];

function watch(owner: Record<string, Call>, names: readonly string[]): void {
  for (const name of names) {
    const call = owner[name] as Call;
    owner[name] = (...args) => {
      const paths = args.filter((arg) => typeof arg === 'string').slice(0, 2);
      return step(`${name} ${paths.join(' ')}`, () => call.apply(owner, args));
    };
  }
}

watch(fs as unknown as Record<string, Call>, changes);
watch(fs.promises as unknown as Record<string, Call>, laterChanges);
syncBuiltinESMExports();

// what a worker says counts as much as what it writes
if (process.argv[1]?.endsWith('shard-worker.ts') === true) {
  const write = process.stdout.write.bind(process.stdout) as Call;
  process.stdout.write = ((...args: unknown[]) =>
    String(args[0]).includes('\tok\t')
      ? step('ok line', () => write(...args))
      : write(...args)) as typeof process.stdout.write;
}

const watched = new URL('store.ts', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'lmdb' && context.parentURL !== watched
      ? { url: watched, shortCircuit: true }
      : next(specifier, context),
});
