// npm's lock lacks entries of packages for other platforms where the registry at hand did not offer
// them, and `npm ci` then refuses the lock. This adds the missing optional entries.
import { readFileSync, writeFileSync } from 'node:fs';

interface Entry {
  version: string;
  optional?: boolean;
  optionalDependencies?: Record<string, string>;
}

const check = process.argv.includes('--check');
const path = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(path, 'utf8')) as { packages: Record<string, Entry> };
let added = 0;
for (const [at, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const nested = `${at}/node_modules/${name}`;
    const top = `node_modules/${name}`;
    if (lock.packages[nested] !== undefined || lock.packages[top] !== undefined) continue;
    if (!/^\d/.test(version)) continue;
    lock.packages[top] = { version, optional: true };
    added++;
  }
}
if (added > 0 && !check) {
  lock.packages = Object.fromEntries(
    Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
}
process.stdout.write(`${added} missing entries of other platforms${check ? '' : ' added'}\n`);
process.exitCode = check && added > 0 ? 1 : 0;
