import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { tallied } from './suites/shared/tally.ts';
import { calmly, underHardship } from './suites/shared/hardship.ts';
import { Prepared } from './suites/shared/prepared.ts';
import { Scratch } from './suites/shared/scratch.ts';
import { stages } from './suites/shared/stages.ts';
import { SmallDisk, cannotMount } from './suites/disk/small-disk.ts';
import { dataOn, fullDisk } from './suites/disk/hardships.ts';
import { killAndRepeat } from './suites/kill/try.ts';
import { undisturbed } from './suites/kill/undisturbed.ts';

const scratch = new Scratch('test');
afterAll(() => scratch[Symbol.dispose]());
const prepared = new Prepared(scratch);
const ingest = stages.filter(({ name }) => name === 'ingest');

it.each(ingest)(
  '$name killed around its last rename ends the same when repeated',
  async (stage) => {
    const calm = await undisturbed(prepared, stage);
    const last = calm.steps.main.findLastIndex((what) => what.startsWith('rename')) + 1;
    expect(last).toBeGreaterThan(0);
    const tally = await tallied(stage.name, async (into) => {
      for (const side of ['before', 'after'] as const)
        await killAndRepeat(
          prepared,
          stage,
          calm,
          { kind: 'step', role: 'main', step: last, side },
          into,
        );
    });
    expect(tally).toMatchObject({ tries: 2, hit: 2, equal: 2, litter: 0, faults: [] });
  },
);

it.skipIf(cannotMount(scratch.path) !== null).each(ingest)(
  '$name on a full disk says so in one line and leaves nothing half made',
  async (stage) => {
    const path = join(scratch.path, 'disk');
    mkdirSync(path);
    using disk = new SmallDisk(path, 16);
    const calm = await calmly(prepared, stage, dataOn(disk));
    const tally = await tallied(stage.name, (into) =>
      underHardship(prepared, stage, calm, fullDisk(prepared, disk, 64 * 1024), into),
    );
    expect(tally).toMatchObject({ tries: 1, hit: 1, equal: 1, litter: 0, faults: [] });
  },
);
