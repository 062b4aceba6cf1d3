import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '../domain/index.ts';
import { type PlattCurve, TreeScorer, plattCurve } from '../native/index.ts';
import { type Artifact, ColWriter, buildArtifact, digestJson, sha256 } from '../platform/index.ts';
import { type ArtistEncoding, encodeArtists } from './artist-encoding.ts';
import { type EngineName, type EngineParameters, engines } from './engines.ts';
import { featureImportance } from './importance.ts';
import { type RankerDescription } from './ranker-file.ts';
import { type ExampleSet, type LabelledRows, gatherRows, rowsOfFold } from './training-rows.ts';

export interface RankerOptions {
  readonly engine: EngineName;
  readonly artist: ArtistEncoding;
  /** Parameters of the engine's library, over its own. */
  readonly parameters?: EngineParameters;
  /** Rounds, if not the engine's own. */
  readonly rounds?: number;
  /** Examples by which an artist's positive rate is drawn towards the overall rate. */
  readonly artistPrior: number;
  readonly seed: number;
  readonly onRound?: (round: number, rounds: number) => void;
}

export const defaultRankerOptions: RankerOptions = {
  engine: 'lightgbm',
  artist: 'target',
  artistPrior: 200,
  seed: 1,
};

/**
 * Trains the ranker on the examples of all cuts: P(play > 30 s or save). `position` enters as the
 * feature `slot`, held at 0 when lists are made. An engine that only orders gets its probability from
 * a logistic curve, fitted on listeners of one fold with the trees of the others. The artifact holds
 * the trees (`model.txt` of LightGBM or `model.json` of XGBoost), `ranker.json` and `artists.col`
 * (artist id, rate). Without positives: `ranking.no_labels`.
 */
export async function trainRanker(
  dataDir: string,
  sets: readonly ExampleSet[],
  featureNames: readonly string[],
  asOf: number,
  options: RankerOptions = defaultRankerOptions,
): Promise<Artifact> {
  const { artist, artistPrior, seed } = options;
  const engine = engines[options.engine];
  const parameters = { ...engine.parameters, ...options.parameters };
  const rounds = options.rounds ?? engine.rounds;
  const config = { engine: options.engine, artist, parameters, rounds, artistPrior };
  const identity = {
    kind: 'ranker',
    schema: 2,
    asOf,
    inputs: Object.fromEntries(
      sets.map((set, i) => [`examples:${i}`, set.examples.manifest.contentDigest]),
    ),
    config: { ...config, features: featureNames },
    seed,
  };
  return buildArtifact(join(dataDir, 'artifacts', 'ranker'), identity, async (dir) => {
    const rows = gatherRows(sets, featureNames.length);
    const positives = rows.label.reduce((sum, y) => sum + y, 0);
    if (positives === 0)
      throw new DataError(
        'No listener played a candidate in the label period: there is nothing to train on.',
        {
          code: 'ranking.no_labels',
          remedy: 'Ingest more recent plays, or lower ranking.label_days.',
        },
      );
    const rates = encodeArtists(rows, featureNames, artist, artistPrior);
    const total = engine.ordersOnly ? 2 * rounds : rounds;
    let done = 0;
    const train = (part: LabelledRows): Promise<string> =>
      engine.train(engine.rows(part), {
        featureNames,
        rounds,
        parameters: { ...parameters, seed },
        onRound: () => options.onRound?.(++done, total),
      });
    const model = await train(rows);
    const description: RankerDescription = {
      engine: options.engine,
      artist,
      link: engine.ordersOnly ? await heldOutCurve(rows, train) : null,
      importance: featureImportance(model, featureNames),
    };
    writeFileSync(join(dir, engine.file), model);
    writeFileSync(join(dir, 'ranker.json'), `${JSON.stringify(description, null, 1)}\n`);
    const writer = new ColWriter(join(dir, 'artists.col'));
    writer.strings('artist').append(rows.artistIds);
    writer.column('rate', 'f32').append(rates);
    const artists = await writer.close({});
    const maxEventTime = Math.max(...sets.map((set) => set.examples.manifest.maxEventTime ?? 0));
    return {
      maxEventTime,
      contentDigest: digestJson([sha256(model), artists, description]),
      counts: { rows: rows.label.length, positives },
    };
  });
}

/**
 * The curve of listeners in fold 0 under trees of all others. Rows weigh as in the objectives with a
 * probability, so that the probabilities have the same unit.
 */
async function heldOutCurve(
  rows: LabelledRows,
  train: (rows: LabelledRows) => Promise<string>,
): Promise<PlattCurve> {
  const held = rowsOfFold(rows, 0, 'within');
  const scorer = new TreeScorer(await train(rowsOfFold(rows, 0, 'without')));
  return plattCurve(scorer.raw(held.x), held.label, held.weight);
}
