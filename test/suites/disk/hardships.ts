import { join } from 'node:path';
import { type Hardship } from '../shared/hardship.ts';
import { type Prepared } from '../shared/prepared.ts';
import { type SmallDisk } from './small-disk.ts';

/** Where the data folder lies on a small disk. */
export function dataOn(disk: SmallDisk): string {
  return join(disk.path, 'data');
}

/** A disk with room for so many bytes only. */
export function fullDisk(prepared: Prepared, disk: SmallDisk, bytes: number): Hardship {
  return {
    name: `room for ${bytes} bytes`,
    dataDir: dataOn(disk),
    run: async (dataDir, args) => {
      disk.leave(bytes);
      const ended = await prepared.start(dataDir, args).ended;
      disk.empty();
      return ended;
    },
    codes: ['disk.full'],
    mayDie: false,
  };
}

/** A disk that can only be read. */
export function readOnlyDisk(prepared: Prepared, disk: SmallDisk): Hardship {
  return {
    name: 'read-only',
    dataDir: dataOn(disk),
    run: async (dataDir, args) => {
      disk.readOnly(true);
      const ended = await prepared.start(dataDir, args).ended;
      disk.readOnly(false);
      return ended;
    },
    codes: ['disk.read_only'],
    mayDie: false,
  };
}
