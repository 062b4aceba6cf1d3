// Makes what a checkout needs beyond `npm ci`: the native kernel (cargo) and the libraries
// of LightGBM and XGBoost (pip; 4 and 6 MB).
// Does nothing when all are there and current.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
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
const xgboostVersion = '3.2.0';

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

/** Unpacks a wheel of PyPI into a folder and hands it over; the folder is removed afterwards. */
function withWheel(requirement: string, remedy: string, take: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'deepcuts-wheel-'));
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
        requirement,
      ],
      remedy,
    );
    const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
    if (wheel === undefined) fail(`pip brought no wheel of ${requirement}.`, remedy);
    run('python3', ['-m', 'zipfile', '-e', join(folder, wheel), folder], remedy);
    take(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function fetchLightgbm(): void {
  const target = join(native, `lib_lightgbm-${lightgbmVersion}.so`);
  if (existsSync(target)) return;
  process.stderr.write(`setup: fetching LightGBM ${lightgbmVersion} from PyPI (once)\n`);
  const remedy = 'Install Python 3 with pip, or put a lib_lightgbm.so there yourself: ' + target;
  withWheel(`lightgbm==${lightgbmVersion}`, remedy, (folder) => {
    const name = process.platform === 'darwin' ? 'lib_lightgbm.dylib' : 'lib_lightgbm.so';
    copyFileSync(join(folder, 'lightgbm', 'lib', name), `${target}.${process.pid}`);
    renameSync(`${target}.${process.pid}`, target);
  });
}

/** Its library finds the OpenMP of its own wheel by the way from one folder to the other. */
function fetchXgboost(): void {
  const target = join(native, `xgboost-${xgboostVersion}`);
  if (existsSync(target)) return;
  process.stderr.write(`setup: fetching XGBoost ${xgboostVersion} from PyPI (once)\n`);
  const apple = process.platform === 'darwin';
  const remedy = 'Install Python 3 with pip.';
  withWheel(`${apple ? 'xgboost' : 'xgboost-cpu'}==${xgboostVersion}`, remedy, (folder) => {
    const making = `${target}.${process.pid}`;
    const library = join(making, 'xgboost', 'lib');
    mkdirSync(library, { recursive: true });
    copyFileSync(
      join(folder, 'xgboost', 'lib', apple ? 'libxgboost.dylib' : 'libxgboost.so'),
      join(library, 'libxgboost.so'),
    );
    const beside = readdirSync(folder).find((name) => name.endsWith('.libs'));
    if (beside !== undefined)
      cpSync(join(folder, beside), join(making, beside), { recursive: true });
    renameSync(making, target);
  });
}

mkdirSync(native, { recursive: true });
buildKernel();
fetchLightgbm();
fetchXgboost();
