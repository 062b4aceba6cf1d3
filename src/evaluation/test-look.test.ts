import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, expectTypeOf, it } from 'vitest';
import { type compareRecipes } from './compare-recipes.ts';
import {
  type TestPoint,
  type TuningPoint,
  pointsOf,
  sessionPoints,
  testPoints,
  tuningEnd,
  tuningPoints,
} from './points.ts';
import { type TestLook, lookAtTest } from './test-look.ts';

const day = 86_400_000;
const windows = [0, 1, 2, 3, 4].map((i) => ({
  start: (100 + 60 * i) * day,
  end: (105 + 60 * i) * day,
}));
const year = [{ start: 100 * day, end: 465 * day }];
const dir = mkdtempSync(join(tmpdir(), 'deepcuts-look-'));
afterAll(() => {
  rmSync(dir, { recursive: true });
});
const about = (name: string) => ({
  ledger: join(dir, `${name}.md`),
  protocol: 'weekly',
  recipe: 'cafe',
  now: new Date(0),
});
const row = {
  protocol: 'weekly',
  recipe: 'cafe',
  judged: 3,
  method: 'accurate',
  figures: [['HR@30', { mean: 0.5, low: 0.25, high: 0.75, n: 3 }, 2]] as const,
};

describe('points', () => {
  it('for tuning end before any test point begins', async () => {
    await lookAtTest(
      about('order'),
      async (look) => {
        for (const spans of [windows, year]) {
          const end = tuningEnd(spans, 7);
          for (const point of testPoints(spans, 7, look))
            expect(point.at).toBeGreaterThanOrEqual(end);
          const sessions = sessionPoints('tuning', spans, 7);
          for (const point of sessions) expect(point.until).toBeLessThanOrEqual(end);
          expect(sessionPoints(look, spans, 7).at(-1)?.until).toBe((spans.at(-1)?.end ?? 0) + 1);
        }
      },
      () => [],
    );
  });

  it('of tuning and test are different types, and a comparison of recipes takes no split', () => {
    expectTypeOf<TestPoint>().not.toExtend<TuningPoint>();
    expectTypeOf<Parameters<typeof compareRecipes>[0]>().not.toHaveProperty('split');
    expectTypeOf(tuningPoints).parameters.not.toExtend<[unknown, unknown, TestLook]>();
    expect(pointsOf('tuning', windows, 7).map((point) => point.name)).toEqual([
      'window 0',
      'window 1',
    ]);
  });

  it('need a clock and enough days', () => {
    for (const of of [tuningPoints, (spans: typeof year) => sessionPoints('tuning', spans, 7)]) {
      expect(() => of([{ start: 0, end: 0 }], 7)).toThrow('no clock');
      expect(() => of([{ start: day, end: 2 * day }], 7)).toThrow('too few');
    }
  });
});

describe('a look at the test', () => {
  it('is written to the ledger with its figures, after what stands there', async () => {
    const to = about('twice');
    for (let i = 0; i < 2; i++)
      await lookAtTest(
        to,
        async (look) => testPoints(windows, 7, look),
        () => [row],
      );
    const text = readFileSync(to.ledger, 'utf8');
    const line = '| 1970-01-01T00:00 | weekly | cafe | 3 | accurate | HR@30 .50 [.25, .75] |\n';
    expect(text.startsWith('# Looks at the test weeks')).toBe(true);
    expect(text.endsWith(line + line)).toBe(true);
  });

  it('that fails after points were given out leaves a row, before them none', async () => {
    const fail = async (look: TestLook, use: boolean): Promise<void> => {
      if (use) testPoints(windows, 7, look);
      throw new Error('halfway');
    };
    for (const use of [true, false])
      await expect(
        lookAtTest(
          about(`fails-${use}`),
          (look) => fail(look, use),
          () => [row],
        ),
      ).rejects.toThrow('halfway');
    const rows = (use: boolean) =>
      readFileSync(about(`fails-${use}`).ledger, 'utf8').match(/stopped before a result/g);
    expect([rows(true)?.length, rows(false)]).toEqual([1, null]);
  });

  it('gives nothing once it has ended', async () => {
    const kept = await lookAtTest(
      about('kept'),
      async (look) => look,
      () => [],
    );
    expect(() => testPoints(windows, 7, kept)).toThrow('has ended');
  });

  it('does not begin where the ledger cannot be written', async () => {
    const to = { ...about('x'), ledger: join(dir, 'order.md', 'below-a-file.md') };
    let begun = false;
    const work = async (): Promise<void> => {
      begun = true;
    };
    await expect(lookAtTest(to, work, () => [])).rejects.toMatchObject({
      code: 'evaluation.ledger',
    });
    expect(begun).toBe(false);
  });
});
