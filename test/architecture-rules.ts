import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';

/** The rooms in order: a room imports itself and rooms before it, through their `index.ts`. */
const rooms = [
  'domain',
  'native',
  'platform',
  'lake',
  'features',
  'retrieval',
  'ranking',
  'playlist',
  'scoring',
  'evaluation',
  'experiments',
  'monitoring',
  'weekly',
  'serving',
  'simulation',
  'app',
  'cli',
] as const;

const importPattern = /(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g;

/** Path below `src/` (with `/`) to source text, of every TypeScript file. */
export function readSources(root: string): Map<string, string> {
  return new Map(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return [relative(root, path).replaceAll('\\', '/'), readFileSync(path, 'utf8')];
      }),
  );
}

/** One sentence per broken rule; empty when the tree is in order. */
export function violations(sources: ReadonlyMap<string, string>): string[] {
  if (sources.size === 0) return ['src/ holds no TypeScript file'];
  const found: string[] = [];
  const edges = new Map<string, string[]>();
  for (const [path, text] of sources) {
    const room = path.split('/')[0] ?? '';
    const rank = rooms.indexOf(room as (typeof rooms)[number]);
    if (rank < 0 || !path.includes('/')) {
      found.push(`${path} stands in no listed room`);
      continue;
    }
    const targets: string[] = [];
    for (const [, specifier] of text.matchAll(importPattern)) {
      if (specifier === undefined || !specifier.startsWith('.')) continue;
      const target = posix.normalize(posix.join(posix.dirname(path), specifier));
      const targetRoom = target.split('/')[0] ?? '';
      const targetRank = rooms.indexOf(targetRoom as (typeof rooms)[number]);
      targets.push(target);
      if (targetRoom === room || target.startsWith('..')) continue;
      if (targetRank > rank) found.push(`${path} imports the later room ${targetRoom}`);
      else if (target !== `${targetRoom}/index.ts`)
        found.push(`${path} reaches inside ${targetRoom}: ${target}`);
    }
    edges.set(path, targets);
  }
  return [...found, ...cycles(edges)];
}

function cycles(edges: ReadonlyMap<string, readonly string[]>): string[] {
  const state = new Map<string, 'open' | 'done'>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === 'done' || !edges.has(path)) return;
    if (state.get(path) === 'open') {
      found.push(`import cycle: ${[...trail.slice(trail.indexOf(path)), path].join(' -> ')}`);
      return;
    }
    state.set(path, 'open');
    for (const target of edges.get(path) ?? []) visit(target, [...trail, path]);
    state.set(path, 'done');
  };
  for (const path of edges.keys()) visit(path, []);
  return found;
}

export const sourceRoot = join(dirname(import.meta.dirname), 'src');
