// The tree scorer against LightGBM's own prediction on a trained lake: its ranker, all its examples.
//   node bench/real-trees.ts DATA
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TreeScorer, predictBooster } from '../src/native/index.ts';
import { ColFile } from '../src/platform/index.ts';

const artifacts = join(process.argv[2] ?? 'demo-data', 'artifacts');
const only = (kind: string): string => {
  const [name] = readdirSync(join(artifacts, kind)).filter((entry) => !entry.startsWith('.'));
  return join(artifacts, kind, name as string);
};
const text = readFileSync(join(only('ranker'), 'model.txt'), 'utf8');
const scorer = new TreeScorer(text);
const folder = only('examples');
let [rows, worst] = [0, 0];
for (const name of readdirSync(folder).filter((file) => file.endsWith('.col'))) {
  const file = ColFile.open(join(folder, name));
  const x = file.f32('x').slice();
  const count = file.length('label');
  const [found, expected] = [scorer.raw(x), await predictBooster(text, x, x.length / count)];
  for (let i = 0; i < count; i++)
    worst = Math.max(worst, Math.abs((found[i] as number) - (expected[i] as number)));
  rows += count;
}
process.stdout.write(`${rows} rows, largest difference ${worst}, on bins: ${scorer.binned}\n`);
