import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Rng } from '../../src/domain/index.ts';
import { Child } from './child.ts';
import { corpus } from './corpus.ts';
import { type Input, type Kind, type Verdict } from './kind.ts';
import { mutated, pick } from './mutate.ts';

/** Larger inputs are not spoiled: it would take more time than it finds. */
const largestSeed = 65_536;

/** An input that a reader did not survive in order. */
export interface Failure {
  readonly input: Input;
  readonly why: string;
}

export interface Tally {
  readonly kind: string;
  tried: number;
  refused: number;
  accepted: number;
  slowestMs: number;
  peakMb: number;
  readonly codes: Map<string, number>;
  readonly failures: Failure[];
}

export interface FuzzOptions {
  readonly seed: number;
  /** Ends after this time, but not before the corpus and the special inputs were tried. */
  readonly ms: number;
  /** Ends after so many inputs beyond those; default: the time alone counts. */
  readonly inputs?: number;
  readonly now: () => number;
}

/**
 * Tries a kind: the whole corpus, the special inputs, then spoiled copies of both and what the kind
 * invents. The same seed gives the same inputs in the same order.
 */
export async function fuzzKind(kind: Kind, options: FuzzOptions): Promise<Tally> {
  const { seed, ms, now, inputs = Number.POSITIVE_INFINITY } = options;
  const folder = mkdtempSync(join(tmpdir(), `deepcuts-fuzz-${kind.name}-`));
  const child = new Child(kind.name, folder);
  const tally: Tally = {
    kind: kind.name,
    tried: 0,
    refused: 0,
    accepted: 0,
    slowestMs: 0,
    peakMb: 0,
    codes: new Map(),
    failures: [],
  };
  const attempt = async (input: Input): Promise<void> =>
    count(tally, input, await child.take(input));
  try {
    const end = now() + ms;
    const seeds = corpus(kind.name);
    for (const input of seeds) await attempt(input);
    for (const make of kind.special) {
      const input = await make();
      await attempt(input);
      if (input.bytes.length <= largestSeed) seeds.push(input);
    }
    for (let i = 0; i < inputs && now() < end; i++)
      await attempt(next(kind, seeds, new Rng(seed, i)));
  } finally {
    tally.peakMb = child.peakMb;
    await child.end();
    rmSync(folder, { recursive: true, force: true });
  }
  return tally;
}

function next(kind: Kind, seeds: readonly Input[], rng: Rng): Input {
  if (kind.invented !== undefined && (seeds.length === 0 || rng.uniform() < 0.5))
    return kind.invented(rng);
  const { name, bytes } = pick(rng, seeds);
  return { name, bytes: mutated(bytes, rng) };
}

function count(tally: Tally, input: Input, { end, why, ms }: Verdict): void {
  tally.tried++;
  tally.slowestMs = Math.max(tally.slowestMs, Math.round(ms));
  if (end === 'accepted') tally.accepted++;
  else if (end === 'failed') tally.failures.push({ input, why });
  else {
    tally.refused++;
    tally.codes.set(why, (tally.codes.get(why) ?? 0) + 1);
  }
}
