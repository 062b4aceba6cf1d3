// Makes what a checkout needs beyond `npm ci`: the native kernel (cargo) and LightGBM's library (pip).
// Does nothing when both are there and current.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const native = join(root, 'native');
const lightgbmVersion = '4.7.0';

function fail(what: string, remedy: string): never {
  process.stderr.write(`setup: ${what}\n       ${remedy}\n`);
  process.exit(1);
}

function run(command: string, args: string[], remedy: string): void {
  try {
    execFileSync(command, args, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    const stderr = (error as { stderr?: Buffer }).stderr
      ?.toString()
      .trim()
      .split('\n')
      .slice(-15)
      .join('\n');
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    fail(
      missing
        ? `"${command}" is not installed.`
        : `"${command} ${args.join(' ')}" failed:\n${stderr ?? ''}`,
      remedy,
    );
  }
}

function crateDigest(): string {
  const hash = createHash('sha256').update(process.arch);
  const crate = join(root, 'crates');
  const files = readdirSync(crate, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(rs|toml)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  for (const file of [...files, join(root, 'Cargo.lock')])
    hash.update(file.slice(root.length)).update(readFileSync(file));
  return hash.digest('hex');
}

function buildKernel(): void {
  const stamp = join(native, 'kernel.sha256');
  const digest = crateDigest();
  const target = join(native, 'deepcuts.node');
  if (existsSync(target) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  process.stderr.write('setup: building the native kernel (once, about a minute)\n');
  run(
    'cargo',
    ['build', '--release', '--locked', '-p', 'deepcuts-kernels'],
    'Install Rust 1.89 or later (rustup.rs) and a C++ compiler, then run the command again.',
  );
  const library =
    process.platform === 'darwin' ? 'libdeepcuts_kernels.dylib' : 'libdeepcuts_kernels.so';
  const temporary = `${target}.${process.pid}`;
  copyFileSync(join(root, 'target', 'release', library), temporary);
  renameSync(temporary, target);
  writeFileSync(stamp, digest);
}

function fetchLightgbm(): void {
  const target = join(native, `lib_lightgbm-${lightgbmVersion}.so`);
  if (existsSync(target)) return;
  process.stderr.write(`setup: fetching LightGBM ${lightgbmVersion} from PyPI (once)\n`);
  const folder = mkdtempSync(join(tmpdir(), 'deepcuts-lightgbm-'));
  const remedy = 'Install Python 3 with pip, or put a lib_lightgbm.so there yourself: ' + target;
  try {
    run(
      'python3',
      [
        '-m',
        'pip',
        'download',
        '--quiet',
        '--no-deps',
        '--only-binary=:all:',
        '--dest',
        folder,
        `lightgbm==${lightgbmVersion}`,
      ],
      remedy,
    );
    const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
    if (wheel === undefined) fail('pip brought no wheel of LightGBM.', remedy);
    run('python3', ['-m', 'zipfile', '-e', join(folder, wheel), folder], remedy);
    const library = join(
      folder,
      'lightgbm',
      'lib',
      process.platform === 'darwin' ? 'lib_lightgbm.dylib' : 'lib_lightgbm.so',
    );
    copyFileSync(library, `${target}.${process.pid}`);
    renameSync(`${target}.${process.pid}`, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

mkdirSync(native, { recursive: true });
buildKernel();
fetchLightgbm();
