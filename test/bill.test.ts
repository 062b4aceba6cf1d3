import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { childCpuSeconds } from '../src/platform/index.ts';
import { presets } from '../src/simulation/index.ts';
import { type SundayReport } from '../src/weekly/index.ts';
import { deepcuts } from './support/command-line.ts';
import { removeFolder, temporaryFolder, worldLake } from './support/workspaces.ts';

const dataDir = temporaryFolder('bill');
beforeAll(() => worldLake(dataDir, presets.tiny));
afterAll(() => removeFolder(dataDir));

it.skipIf(!existsSync('/proc/self/stat'))(
  "the lines of a Sunday's bill add up to what its processes used",
  async () => {
    const before = childCpuSeconds() as number;
    const args = ['sunday', '--listeners', 'all', '--shards', '4', '--workers', '2', '--json'];
    const { code, stdout } = await deepcuts(...args, '--data', dataDir);
    const used = (childCpuSeconds() as number) - before;
    const { bill } = JSON.parse(stdout) as SundayReport;
    const billed = bill.reduce((sum, line) => sum + line.cpuSeconds, 0);
    process.stdout.write(`billed ${billed.toFixed(2)} of ${used.toFixed(2)} CPU seconds\n`);
    expect(code).toBe(0);
    expect(Math.abs(billed / used - 1)).toBeLessThan(0.05);
    expect(bill[0]?.stage).toBe('start');
    expect(new Set(bill.map(({ peakMb }) => peakMb)).size).toBeGreaterThan(2);
  },
);
