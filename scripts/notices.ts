// Writes THIRD_PARTY_NOTICES.md: every package that runs with the product, with its licence.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<
    string,
    { version?: string; dev?: boolean; optional?: boolean; license?: string }
  >;
};
const npm = Object.entries(lock.packages)
  .filter(([path, entry]) => path !== '' && entry.dev !== true)
  .map(([path, entry]) => {
    const manifest = join(root, path, 'package.json');
    const found = existsSync(manifest)
      ? (JSON.parse(readFileSync(manifest, 'utf8')) as { license?: string }).license
      : entry.license;
    return [
      path.replace(/^.*node_modules\//, ''),
      entry.version ?? '',
      found ?? entry.license ?? 'see package',
    ] as const;
  });
const metadata = JSON.parse(
  execFileSync('cargo', ['metadata', '--format-version', '1', '--locked'], {
    cwd: root,
    maxBuffer: 1 << 28,
  }).toString(),
) as {
  packages: { name: string; version: string; license: string | null; source: string | null }[];
};
const crates = metadata.packages
  .filter((p) => p.source !== null)
  .map((p) => [p.name, p.version, p.license ?? 'see crate'] as const);
const table = (rows: readonly (readonly [string, string, string])[]): string[] => [
  '| package | version | licence |',
  '|---|---|---|',
  ...[...new Set(rows.map((row) => `| ${row.join(' | ')} |`))].toSorted(),
];
writeFileSync(
  join(root, 'THIRD_PARTY_NOTICES.md'),
  [
    '# Third-party notices',
    '',
    'Written by `node scripts/notices.ts`. Deepcuts itself is under the Apache License 2.0.',
    '',
    '## Fetched at set-up',
    '',
    '| package | version | licence |',
    '|---|---|---|',
    '| LightGBM (library of the PyPI wheel) | 4.7.0 | MIT |',
    "| XGBoost (library of the PyPI wheel xgboost-cpu, with GCC's libgomp) | 3.2.0 | Apache-2.0; libgomp GPL-3.0 with the runtime library exception |",
    '',
    '## npm packages',
    '',
    ...table(npm),
    '',
    '## Rust crates',
    '',
    ...table(crates),
    '',
  ].join('\n'),
);
