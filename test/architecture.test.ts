import { describe, expect, it } from 'vitest';
import { readSources, sourceRoot, violations } from './architecture-rules.ts';

const planted = (extra: Record<string, string>) =>
  violations(new Map([...readSources(sourceRoot), ...Object.entries(extra)]));

describe('the order of the rooms', () => {
  it('holds in the tree as it stands', () => {
    expect(violations(readSources(sourceRoot))).toEqual([]);
  });

  it('refuses an import of a later room', () => {
    expect(planted({ 'domain/bad.ts': "import { x } from '../weekly/index.ts';" })).toContain(
      'domain/bad.ts imports the later room weekly',
    );
  });

  it('refuses a deep import', () => {
    expect(planted({ 'cli/bad.ts': "import { x } from '../domain/rng.ts';" })).toContain(
      'cli/bad.ts reaches inside domain: domain/rng.ts',
    );
  });

  it('refuses a lazy import of a later room', () => {
    expect(planted({ 'lake/bad.ts': "await import('../cli/index.ts');" })).toContain(
      'lake/bad.ts imports the later room cli',
    );
  });

  it('refuses a folder that is not in the list', () => {
    expect(planted({ 'utils/bad.ts': '' })).toContain('utils/bad.ts stands in no listed room');
  });

  it('refuses a cycle', () => {
    const found = planted({
      'domain/a.ts': "import { b } from './b.ts';",
      'domain/b.ts': "export * from './a.ts';",
    });
    expect(found).toContain('import cycle: domain/a.ts -> domain/b.ts -> domain/a.ts');
  });

  it('refuses an empty tree', () => {
    expect(violations(new Map())).toEqual(['src/ holds no TypeScript file']);
  });
});
