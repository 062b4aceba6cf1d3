import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadCLibrary } from './c-library.ts';

const source = {
  name: 'XGBoost',
  codes: { missing: 'ranking.engine_missing', load: 'xgboost.load', failed: 'xgboost.failed' },
  lastError: 'XGBGetLastError',
  signatures: {},
};

it('a library that was not fetched is an error that says how to fetch it', async () => {
  const path = join(import.meta.dirname, 'no-such-library.so');
  await expect(loadCLibrary({ ...source, path })).rejects.toMatchObject({
    code: 'ranking.engine_missing',
    remedy: expect.stringContaining('npm run setup') as unknown,
  });
});

it('a file that is no library is another error', async () => {
  const path = join(import.meta.dirname, 'c-library.ts');
  await expect(loadCLibrary({ ...source, path })).rejects.toMatchObject({ code: 'xgboost.load' });
});
