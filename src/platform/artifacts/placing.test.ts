import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildArtifact, readManifest } from './artifact.ts';
import { writeFileAtomic, writeFileOnce } from './files.ts';
import { sweepTemporaries, temporaryName } from './temporaries.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'deepcuts-placing-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

describe('a file written whole', () => {
  it('takes away what a killed writer of the same file left, and nothing else', () => {
    for (const name of ['.tmp-a.json-999999999-0', '.tmp-b.json-999999999-0'])
      writeFileSync(join(dir, name), '');
    writeFileAtomic(join(dir, 'a.json'), 'new');
    expect(readdirSync(dir)).toEqual(['.tmp-b.json-999999999-0', 'a.json']);
  });

  it('leaves no temporary where it cannot be put', () => {
    mkdirSync(join(dir, 'a.json', 'in the way'), { recursive: true });
    expect(() => writeFileAtomic(join(dir, 'a.json'), 'new')).toThrow('EISDIR');
    expect(readdirSync(dir)).toEqual(['a.json']);
  });

  it('once stays as the first writer left it', () => {
    const path = join(dir, 'a.json');
    expect([writeFileOnce(path, 'first'), writeFileOnce(path, 'second')]).toEqual([true, false]);
    expect([readFileSync(path, 'utf8'), readdirSync(dir)]).toEqual(['first', ['a.json']]);
  });
});

it('temporaries of living processes stay, also where a dead one had the same number', () => {
  const mine = temporaryName(join(dir, 'x'));
  const before = join(dir, `.tmp-x-${process.pid}.1-00000000`);
  for (const path of [mine, before]) mkdirSync(path);
  expect(sweepTemporaries(dir)).toBe(1);
  expect(readdirSync(dir)).toHaveLength(1);
});

describe('an artifact', () => {
  const identity = { kind: 'k', schema: 1, asOf: null, inputs: {}, config: null, seed: 0 };
  const build = (text: string, digit: string) => async (folder: string) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    writeFileSync(join(folder, 'data'), text);
    return { maxEventTime: null, contentDigest: digit.repeat(64) };
  };

  it("that two build at once is the first one's, for both, and never away", async () => {
    const first = buildArtifact(dir, identity, async (folder) => {
      const made = await build('first', '1')(folder);
      return made;
    });
    const second = buildArtifact(dir, identity, async (folder) => {
      const { path } = await first;
      writeFileSync(join(folder, 'data'), 'second');
      expect(readFileSync(join(path, 'data'), 'utf8')).toBe('first');
      return { maxEventTime: null, contentDigest: '2'.repeat(64) };
    });
    expect((await second).manifest.contentDigest).toBe('1'.repeat(64));
    expect(readdirSync(dir)).toEqual([readManifest((await first).path).manifest.version]);
  });

  it('that is made again by force takes the place of the old one whole', async () => {
    await buildArtifact(dir, identity, build('old', '1'));
    const { path } = await buildArtifact(dir, identity, build('new', '2'), { force: true });
    expect(readFileSync(join(path, 'data'), 'utf8')).toBe('new');
    expect(readdirSync(dir)).toHaveLength(1);
  });
});
