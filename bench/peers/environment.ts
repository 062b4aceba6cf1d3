import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A requirements file of this folder: `core.txt` or `torch.txt` (large). */
export type PeerSet = 'core' | 'torch';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The Python of a virtual environment with the peers of a set, made on first use below `.cache/` and
 * kept until the set's pinned versions change.
 */
export function peerPython(set: PeerSet): string {
  const requirements = fileURLToPath(new URL(`${set}.txt`, import.meta.url));
  const digest = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const folder = join(root, '.cache', `peers-${set}-${digest}`);
  const python = join(folder, 'bin', 'python');
  const done = join(folder, 'complete');
  if (existsSync(done)) return python;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(root, '.cache'), { recursive: true });
  process.stderr.write(`bench: installing the peers of ${set}.txt (once)\n`);
  execFileSync('python3', ['-m', 'venv', folder], { stdio: 'inherit' });
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', '-r', requirements], {
    stdio: 'inherit',
  });
  writeFileSync(done, '');
  return python;
}

/** Runs a Python script of this folder with one thread per library unless told; its JSON output. */
export function runPeer(
  set: PeerSet,
  script: string,
  args: readonly string[],
  options: { readonly threads?: number } = {},
): unknown {
  const threads = String(options.threads ?? 1);
  const output = execFileSync(
    peerPython(set),
    [fileURLToPath(new URL(script, import.meta.url)), ...args],
    {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...process.env,
        OMP_NUM_THREADS: threads,
        OPENBLAS_NUM_THREADS: threads,
        MKL_NUM_THREADS: threads,
        OMP_WAIT_POLICY: 'passive',
      },
    },
  );
  return JSON.parse(output) as unknown;
}
