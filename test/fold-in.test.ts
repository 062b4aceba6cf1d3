import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chainOptions, openWorkspace } from '../src/app/index.ts';
import { type FoldInEvaluation, evaluateFoldIn } from '../src/evaluation/index.ts';
import { ingest, refine } from '../src/lake/index.ts';
import { removeFolder, temporaryFolder } from './support/workspaces.ts';

/** Even listeners know even tracks, odd ones odd tracks: most of their half, never all. */
const [listeners, tracks] = [80, 40];
const isTaste = (u: number, t: number): boolean => u % 2 === t % 2;

describe('the fold-in protocol with other methods beside it', () => {
  const dataDir = temporaryFolder('fold-in');
  const known = new Map<string, Set<string>>();
  let result: FoldInEvaluation;

  beforeAll(async () => {
    const rows = ['user_id,track_id'];
    for (let u = 0; u < listeners; u++)
      for (let t = 0; t < tracks; t++)
        if (isTaste(u, t) && (u * 7 + t * 3) % 5 !== 0) rows.push(`u${u},t${t}`);
    const input = join(dataDir, 'input');
    mkdirSync(input, { recursive: true });
    writeFileSync(join(input, 'pairs.csv'), `${rows.join('\n')}\n`);
    const now = Date.UTC(2020, 0, 1);
    await ingest({ dataDir, paths: [input], format: 'interactions', now, buckets: 2 });
    const ofHalf = (user: string, own: boolean): string[] => {
      const u = Number(user.slice(1));
      const half = Array.from({ length: tracks }, (_, t) => t).filter((t) => isTaste(u, t) === own);
      return half.map((t) => `t${t}`).filter((id) => known.get(user)?.has(id) !== true);
    };
    result = await evaluateFoldIn({
      dataDir,
      silver: await refine({ dataDir }),
      split: 'tuning',
      chain: chainOptions(await openWorkspace(dataDir)),
      seed: 1,
      others: async (pairs, users) => {
        for (const { user, track } of pairs)
          known.set(user, (known.get(user) ?? new Set()).add(track));
        const lists = (own: boolean) => new Map(users.map((user) => [user, ofHalf(user, own)]));
        const nonsense = new Map(users.map((user) => [user, ['nowhere', 'nothing']]));
        return new Map([
          ['taste', lists(true)],
          ['contrary', lists(false)],
          ['unknown ids', nonsense],
        ]);
      },
    });
  });
  afterAll(() => removeFolder(dataDir));

  const row = (name: string) => result.rows.find((one) => one.name === name);

  it('judges each by what was held out', () => {
    expect(result.judged).toBe(8);
    expect(row('taste')?.recall50.mean).toBe(1);
    expect(row('contrary')?.recall50.mean).toBe(0);
    expect(row('unknown ids')?.recall50.mean).toBe(0);
  });

  it('gives the paired lead of the chain over every other method', () => {
    const ours = row('the chain: its sources, ranked');
    expect(ours).toBeDefined();
    expect(result.differences).toHaveLength(result.rows.length - 1);
    for (const { against, ndcg10, recall50 } of result.differences) {
      const other = row(against);
      expect(ndcg10.mean).toBeCloseTo((ours?.ndcg10.mean ?? 0) - (other?.ndcg10.mean ?? 0), 12);
      expect(recall50.mean).toBeCloseTo(
        (ours?.recall50.mean ?? 0) - (other?.recall50.mean ?? 0),
        12,
      );
    }
    expect(
      result.differences.find(({ against }) => against === 'contrary')?.ndcg10.low,
    ).toBeGreaterThan(0);
  });
});
