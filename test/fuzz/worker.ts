// Started by runner.ts: takes inputs of a kind, one after another, and tells what became of each.
import { readFileSync } from 'node:fs';
import { kinds } from './kinds.ts';
import { verdictOf } from './verdict.ts';

const [name, folder] = process.argv.slice(2) as [string, string];
const kind = kinds.find((each) => each.name === name);
if (kind === undefined) throw new Error(`There is no kind ${name}.`);
const reader = await kind.open(folder);
const send = (message: unknown): void => {
  process.send?.(message);
};

process.on('message', (message: { readonly file: string; readonly name: string } | 'end') => {
  if (message === 'end') {
    void (reader.close?.() ?? Promise.resolve()).then(() => process.disconnect());
    return;
  }
  void verdictOf(reader, { name: message.name, bytes: readFileSync(message.file) }).then(send);
});
send('ready');
