import { accessSync, constants, existsSync, mkdirSync, statfsSync } from 'node:fs';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { hugePages, kernel, lightgbmVersion } from '../native/index.ts';
import { type Workspace } from './workspace.ts';

export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
  readonly remedy: string | null;
}

const gigabyte = 1024 ** 3;

/** Looks at everything a run needs; never throws. */
export async function examine(workspace: Workspace): Promise<Finding[]> {
  const findings: Finding[] = [];
  const add = (what: string, ok: boolean, found: string, remedy: string): void => {
    findings.push({ what, ok, found, remedy: ok ? null : remedy });
  };
  const major = Number(process.versions.node.split('.')[0]);
  add('Node', major >= 24, process.version, 'Start through "npx deepcuts", which brings Node 24.');
  try {
    const native = kernel();
    add(
      'native kernel',
      true,
      `${native.kernelVersion()} (${native.cpuFeatures().join(', ') || 'portable'})`,
      '',
    );
  } catch (error) {
    add(
      'native kernel',
      false,
      error instanceof Error ? error.message : String(error),
      'Run "npm run setup".',
    );
  }
  try {
    add('LightGBM', true, await lightgbmVersion(), '');
  } catch (error) {
    add(
      'LightGBM',
      false,
      error instanceof Error ? error.message : String(error),
      'Run "npm run setup"; it needs Python 3 with pip, and libgomp1.',
    );
  }
  try {
    mkdirSync(workspace.dataDir, { recursive: true });
    accessSync(workspace.dataDir, constants.W_OK);
    const { bavail, bsize } = statfsSync(workspace.dataDir);
    const free = (bavail * bsize) / gigabyte;
    add(
      'disk',
      free >= 5,
      `${free.toFixed(1)} GB free`,
      `Free some space under ${workspace.dataDir}, or use another --data.`,
    );
  } catch (error) {
    add(
      'data folder',
      false,
      error instanceof Error ? error.message : String(error),
      'Use a folder you may write to with --data.',
    );
  }
  const memory = totalmem() / gigabyte;
  add(
    'memory',
    memory >= 3.5,
    `${memory.toFixed(1)} GB, ${(freemem() / gigabyte).toFixed(1)} free`,
    'Use a machine with at least 4 GB.',
  );
  add(
    '2 MB pages',
    true,
    hugePages() ? 'yes' : 'no: random reads of vectors cost three times as much',
    '',
  );
  add('cores', true, String(availableParallelism()), '');
  add(
    'lake',
    true,
    existsSync(`${workspace.dataDir}/lake`) ? workspace.dataDir : 'empty: nothing ingested yet',
    '',
  );
  return findings;
}
