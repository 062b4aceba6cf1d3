import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { childCpuSeconds, cpuSeconds, peakMemoryMb, resetPeakMemory } from './usage.ts';

const busy = 'for (const end = process.cpuUsage().user + 3e5; process.cpuUsage().user < end;);';

it.skipIf(!existsSync('/proc/self/stat'))('counts what ended children used', () => {
  const [own, children] = [cpuSeconds(), childCpuSeconds() as number];
  spawnSync(process.execPath, ['-e', busy]);
  expect((childCpuSeconds() as number) - children).toBeGreaterThan(0.29);
  expect(cpuSeconds() - own).toBeGreaterThan(0.29);
});

it.skipIf(!existsSync('/proc/self/clear_refs'))(
  'tells the peak since it was last asked anew',
  () => {
    resetPeakMemory();
    const before = peakMemoryMb();
    let block: Buffer | null = Buffer.alloc(300 << 20, 1);
    expect(block[block.length - 1]).toBe(1);
    expect(peakMemoryMb()).toBeGreaterThan(before + 250);
    block = null;
    resetPeakMemory();
    expect(peakMemoryMb()).toBeGreaterThan(0);
  },
);
