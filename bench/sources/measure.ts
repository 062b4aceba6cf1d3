import { ndcg } from '../../src/domain/index.ts';
import { inScratch } from '../../src/evaluation/index.ts';
import { snapshotFiles } from '../../src/lake/index.ts';
import { Model } from '../../src/native/index.ts';
import { ColFile } from '../../src/platform/index.ts';
import { type Retrieval, chainSources, retrievalSpec } from '../../src/retrieval/index.ts';
import { type Case } from './cases.ts';

/** Figures of one source; columns run over listener-points. */
export interface SourceFigures {
  readonly name: string;
  readonly ndcg: readonly number[];
  readonly recall: readonly number[];
  /** Recall@500 of all sources but this one; null where only single sources were asked for. */
  readonly without: readonly number[] | null;
  /** Recall@500 of the counts recipe with this source; null for a source that is in it. */
  readonly withCounts: readonly number[] | null;
  /** Microseconds of one thread per listener. */
  readonly micros: number;
}

export interface Figures {
  readonly users: readonly string[];
  readonly sources: readonly SourceFigures[];
  readonly union: readonly number[] | null;
  readonly counts: readonly number[] | null;
}

export interface MeasureOptions {
  readonly only: readonly string[] | undefined;
  readonly alone: boolean;
  readonly onStage: (stage: string) => void;
}

const depth = 500;

/** Measures every source of the cases (the same in each), their columns one after the other. */
export async function measure(cases: readonly Case[], options: MeasureOptions): Promise<Figures> {
  const names = namesOf(cases[0]?.retrieval);
  const counts = chainSources.map((source) => source.name);
  const wanted = names.filter((name) => options.only?.includes(name) ?? true);
  const merged = (kept: readonly string[]): Promise<number[]> =>
    over(cases, async (one) => (await lists(only(one.retrieval, kept), one, null)).recall);
  const sources: SourceFigures[] = [];
  const union = options.alone ? null : await merged(names);
  const base = options.alone ? null : await merged(counts);
  for (const name of wanted) {
    options.onStage(name);
    const single = await Promise.all(
      cases.map((one) => lists(only(one.retrieval, [name]), one, 0)),
    );
    const seconds = single.reduce((sum, found) => sum + found.seconds, 0);
    const listeners = single.reduce((sum, found) => sum + found.recall.length, 0);
    sources.push({
      name,
      ndcg: single.flatMap((found) => found.ndcg),
      recall: single.flatMap((found) => found.recall),
      without: options.alone ? null : await merged(names.filter((other) => other !== name)),
      withCounts: options.alone || counts.includes(name) ? null : await merged([...counts, name]),
      micros: (1e6 * seconds) / listeners,
    });
  }
  const users = cases.flatMap((one) => [...one.truth.keys()]);
  return { users, sources, union, counts: base };
}

async function over(
  cases: readonly Case[],
  column: (one: Case) => Promise<number[]>,
): Promise<number[]> {
  const all: number[] = [];
  for (const one of cases) all.push(...(await column(one)));
  return all;
}

function namesOf(retrieval: Retrieval | undefined): string[] {
  const all = [...(retrieval?.sources ?? []), ...(retrieval?.vectorSources ?? [])];
  return all.map(({ definition }) => definition.name);
}

function only(retrieval: Retrieval, names: readonly string[]): Retrieval {
  const kept = <T extends { readonly definition: { readonly name: string } }>(
    all: readonly T[],
  ): T[] => all.filter(({ definition }) => names.includes(definition.name));
  return {
    ...retrieval,
    sources: kept(retrieval.sources),
    vectorSources: kept(retrieval.vectorSources),
  };
}

/** Lists of a single source (`index`), or of all merged (null), judged in the order of the truth. */
async function lists(
  retrieval: Retrieval,
  { truth, recording }: Case,
  index: number | null,
): Promise<{ ndcg: number[]; recall: number[]; seconds: number }> {
  const deep =
    index === null
      ? retrieval
      : {
          ...retrieval,
          vectorSources: retrieval.vectorSources.map((source) => ({
            ...source,
            definition: { ...source.definition, topK: depth },
          })),
        };
  const model = new Model(retrievalSpec(deep, retrieval.snapshot.manifest.asOf ?? 0));
  const users = [...truth.keys()];
  const found = new Map<string, number[]>();
  let seconds = 0;
  await inScratch(async (dir) => {
    for (const bucket of snapshotFiles(retrieval.snapshot).listeners) {
      const out = `${dir}/lists.col`;
      const from = performance.now();
      const sources = retrieval.sources.length + retrieval.vectorSources.length;
      await model.baselineBucket(index ?? sources, depth, bucket, out, users);
      seconds += (performance.now() - from) / 1000;
      const col = ColFile.open(out);
      const [offsets, tracks] = [col.u32('list.off'), col.u32('list.track')];
      for (const [row, user] of col.strings('user_id').entries()) {
        const list = tracks.subarray(offsets[row], offsets[row + 1]);
        found.set(
          user,
          Array.from(list, (t) => recording[t] as number),
        );
      }
    }
  });
  const judged = users.map((user) => {
    const wanted = truth.get(user) ?? new Set<number>();
    return { list: found.get(user) ?? [], truth: wanted, truthSize: wanted.size };
  });
  return {
    seconds,
    ndcg: judged.map((one) => ndcg(one, 30)),
    recall: judged.map(
      ({ list, truth: wanted }) => list.filter((r) => wanted.has(r)).length / wanted.size,
    ),
  };
}
