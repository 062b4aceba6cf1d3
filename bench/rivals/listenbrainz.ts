import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runPeer } from '../peers/environment.ts';

/** Plays of pairs, row-major: listener, track, plays. */
export interface Plays {
  readonly rows: Uint32Array;
  /** The artist of each track. */
  readonly artists: Uint32Array;
  /** Listeners to make lists for. */
  readonly judged: Uint32Array;
}

/** One model, with its rankings in the order of `judged`. */
export interface RivalModel {
  readonly rank: number;
  readonly regularization: number;
  readonly passes: number;
  /** One of the eight that the recipe chooses from; for these alone the next two. */
  readonly ofRecipe: boolean;
  /** Of plays, on a fifth of the pairs: what the recipe chooses by. */
  readonly rmse?: number;
  readonly choosingSeconds?: number;
  readonly trainingSeconds: number;
  readonly listingSeconds: number;
  readonly ranked: readonly (readonly number[])[];
  /** The same with at most two tracks an artist. */
  readonly capped: readonly (readonly number[])[];
}

export interface Rival {
  readonly implicit: string;
  readonly listeners: number;
  readonly tracks: number;
  readonly models: readonly RivalModel[];
}

const end = 0xffff_ffff;

/** Runs the peer (`peers/listenbrainz.py`): every model of the grid, `depth` tracks a list. */
export function runListenBrainz(
  { rows, artists, judged }: Plays,
  seed: number,
  depth: number,
): Rival {
  const folder = mkdtempSync(join(tmpdir(), 'deepcuts-rivals-'));
  try {
    for (const [name, values] of Object.entries({ plays: rows, artists, judged }))
      writeFileSync(join(folder, `${name}.u32`), values);
    const found = runPeer('core', 'listenbrainz.py', [
      folder,
      String(seed),
      String(depth),
    ]) as Rival;
    const lists = (name: string): number[][] => {
      const bytes = readFileSync(join(folder, `${name}.u32`));
      const tracks = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
      return Array.from(judged, (_, i) =>
        Array.from(tracks.subarray(i * depth, (i + 1) * depth)).filter((t) => t !== end),
      );
    };
    const models = found.models.map((model, i) => ({
      ...model,
      ranked: lists(`model-${i}`),
      capped: lists(`capped-${i}`),
    }));
    return { ...found, models };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The model that the recipe would choose: the least RMSE. */
export function chosenModel({ models }: Rival): RivalModel {
  const error = ({ rmse = Number.POSITIVE_INFINITY }: RivalModel): number => rmse;
  return models.toSorted((a, b) => error(a) - error(b))[0] as RivalModel;
}

/** Core seconds of the whole recipe: every model tried, the chosen one trained again. */
export function recipeSeconds(rival: Rival): number {
  return rival.models.reduce(
    (sum, { choosingSeconds = 0 }) => sum + choosingSeconds,
    chosenModel(rival).trainingSeconds,
  );
}

export function modelName({ rank, regularization, passes }: RivalModel): string {
  return `ALS of rank ${rank}, lambda ${regularization}, ${passes} passes`;
}

export const cappedSuffix = ', 2 per artist';

/** Rankings by name: what the recipe chooses, capped and not, then every model both ways. */
export function rivalRankings(
  rival: Rival,
): readonly (readonly [string, readonly (readonly number[])[]])[] {
  const best = chosenModel(rival);
  return [
    [chosenName, best.capped],
    ['the same, any number per artist', best.ranked],
    ...rival.models.flatMap((model) => [
      [`${modelName(model)}${cappedSuffix}`, model.capped] as const,
      [modelName(model), model.ranked] as const,
    ]),
  ];
}

export const chosenName = 'ListenBrainz recipe, picked by RMSE';

/** Of methods in order of merit, best first: all but the models that are not the best of their kind. */
export function shownMethods(byMerit: readonly string[]): ReadonlySet<string> {
  const ofGrid = (name: string): boolean => name.startsWith('ALS of rank');
  const isCapped = (name: string): boolean => name.endsWith(cappedSuffix);
  const bestOf = (kind: (name: string) => boolean): string | undefined => byMerit.find(kind);
  const best = [
    bestOf((name) => ofGrid(name) && isCapped(name)),
    bestOf((name) => ofGrid(name) && !isCapped(name)),
  ];
  return new Set(byMerit.filter((name) => !ofGrid(name) || best.includes(name)));
}
