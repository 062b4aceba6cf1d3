import { expect, it } from 'vitest';
import { DataError, EngineError } from '../../domain/index.ts';
import { machineFault } from './fault.ts';
import { sqlMemoryMb } from './memory.ts';
import { endingOf } from './ending.ts';

const system = (code: string, more: object = {}): Error =>
  Object.assign(new Error(`${code}: said the system, write`), { code, syscall: 'write', ...more });
const engine = (message: string): EngineError =>
  new EngineError(`DuckDB could not run plays: ${message}`, {
    code: 'sql.failed',
    cause: new Error(message),
  });

it.each([
  ['Node', system('ENOSPC'), 'disk.full'],
  ['Node, of a quota', system('EDQUOT'), 'disk.full'],
  ['Node, read-only', system('EROFS'), 'disk.read_only'],
  ['DuckDB', engine('IO Error: Could not write file "/d/x": No space left on device'), 'disk.full'],
  ['DuckDB, spilling', engine('Out of Memory Error: ... max_temp_directory_size'), 'disk.full'],
  ['DuckDB, short of memory', engine('Out of Memory Error: failed to pin block'), 'memory.short'],
  ['LMDB', new Error('Error 28 No space left on device: Attempting to write'), 'disk.full'],
  ['LMDB, of its map', new Error('MDB_MAP_FULL: Environment mapsize limit reached'), 'disk.full'],
  ['the crate', new EngineError('os error 28', { code: 'col.write' }), 'disk.full'],
  ['a worker', new EngineError('Shard 0: [disk.full] x', { code: 'shards.failed' }), 'disk.full'],
])('a full or read-only disk and want of memory are known from what %s says', (_, error, code) => {
  expect(machineFault(error, '/data')).toMatchObject({ code });
});

it('an input that cannot be read because the disk is full is a matter of the disk', () => {
  const cause = engine('IO Error: No space left on device');
  const error = new DataError('x.csv cannot be read', { code: 'ingest.unreadable', cause });
  expect(machineFault(error, '/data')?.message).toBe('The disk of /data is full.');
});

it.each([
  [new Error('No such file')],
  [system('ENOENT', { message: 'ENOENT: no such file, open "no space left on device"' })],
  [new DataError('The lake is empty.', { code: 'lake.empty' })],
  ['no error'],
])('any other error is none: %s', (error) => {
  expect(machineFault(error, '/data')).toBeNull();
});

it.each([
  [{ path: '/data/lake/.tmp-x-1-2/y' }, '/data'],
  [{ path: '/elsewhere/out/.tmp-lists-1-2/y' }, '/elsewhere/out'],
  [{ path: '/elsewhere/out.csv' }, '/elsewhere'],
  [{ path: '/data2/out.csv' }, '/data2'],
  [{}, '/data'],
])('the place of %o is %s', (more, place) => {
  expect(machineFault(system('ENOSPC', more), '/data')?.message).toContain(` ${place} `);
});

it('the SQL engine gets half of what the program leaves, 128 MB to 1 GB', () => {
  const mb = 1024 * 1024;
  expect([64, 512, 1024, 4096, 65_536].map((n) => sqlMemoryMb(n * mb))).toEqual([
    128, 128, 384, 1024, 1024,
  ]);
});

it('a signal is told with what it mostly means', () => {
  expect(endingOf(3, null)).toBe('exit 3');
  expect(endingOf(null, 'SIGKILL')).toBe(
    'killed by signal 9 (SIGKILL), probably for want of memory',
  );
});
