import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '../domain/index.ts';
import { artistRates, trainBooster } from '../native/index.ts';
import {
  type Artifact,
  ColFile,
  ColWriter,
  buildArtifact,
  digestJson,
  sha256,
} from '../platform/index.ts';
import { snapshotFiles } from '../lake/index.ts';

export interface RankerOptions {
  /** LightGBM parameters by their own names. */
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  readonly rounds: number;
  /** Examples by which an artist's positive rate is drawn towards the overall rate. */
  readonly artistPrior: number;
  readonly seed: number;
  readonly onRound?: (round: number, rounds: number) => void;
}

/** Small trees, few rounds: what held up on tuning weeks, where single runs differ by +-.001 NDCG. */
export const defaultRankerOptions: RankerOptions = {
  parameters: {
    objective: 'binary',
    learning_rate: 0.05,
    num_leaves: 7,
    min_data_in_leaf: 200,
    lambda_l2: 10,
    feature_fraction: 0.5,
    max_bin: 63,
    deterministic: true,
    force_row_wise: true,
    num_threads: 2,
    verbose: -1,
  },
  rounds: 100,
  artistPrior: 200,
  seed: 1,
};

/** Examples of one cut with the snapshot whose artist indexes they carry. */
export interface ExampleSet {
  readonly examples: Artifact;
  readonly snapshot: Artifact;
}

/**
 * Trains the ranker on the examples of all cuts: P(play > 30 s or save). `position` enters as the
 * feature `slot`, held at 0 when lists are made. An artist's id enters as its positive rate, out of
 * fold in training. The artifact holds `model.txt` and `artists.col` (artist id, rate).
 */
export async function trainRanker(
  dataDir: string,
  sets: readonly ExampleSet[],
  featureNames: readonly string[],
  asOf: number,
  options: RankerOptions = defaultRankerOptions,
): Promise<Artifact> {
  const { parameters, rounds, artistPrior, seed } = options;
  const identity = {
    kind: 'ranker',
    schema: 1,
    asOf,
    inputs: Object.fromEntries(
      sets.map((set, i) => [`examples:${i}`, set.examples.manifest.contentDigest]),
    ),
    config: { parameters, rounds, artistPrior, features: featureNames },
    seed,
  };
  return buildArtifact(join(dataDir, 'artifacts', 'ranker'), identity, async (dir) => {
    const rows = gather(sets, featureNames.length);
    if (rows.positives === 0)
      throw new DataError(
        'No listener played a candidate in the label period: there is nothing to train on.',
        {
          code: 'ranking.no_labels',
          remedy: 'Ingest more recent plays, or lower ranking.label_days.',
        },
      );
    const rates = artistRates(rows, rows.artistIds.length, artistPrior);
    const column = featureNames.indexOf('artist_rate');
    for (let i = 0; i < rows.label.length; i++)
      rows.x[i * featureNames.length + column] = rates.outOfFold[i] as number;
    const text = await trainBooster(
      { x: rows.x, label: Float32Array.from(rows.label), weight: rows.weight },
      {
        featureNames,
        rounds,
        parameters: { ...parameters, seed },
        onRound: (round) => options.onRound?.(round, rounds),
      },
    );
    const model = `${text.slice(0, text.indexOf('\nparameters:'))}\n`;
    writeFileSync(join(dir, 'model.txt'), model);
    const writer = new ColWriter(join(dir, 'artists.col'));
    writer.strings('artist').append(rows.artistIds);
    writer.column('rate', 'f32').append(rates.known);
    const artists = await writer.close({});
    const maxEventTime = Math.max(...sets.map((set) => set.examples.manifest.maxEventTime ?? 0));
    return {
      maxEventTime,
      contentDigest: digestJson([sha256(model), artists]),
      counts: { rows: rows.label.length, positives: rows.positives },
    };
  });
}

interface Gathered {
  readonly x: Float32Array;
  readonly label: Uint8Array;
  readonly weight: Float32Array;
  /** Index into `artistIds`. */
  readonly artist: Uint32Array;
  readonly fold: Uint8Array;
  readonly artistIds: string[];
  readonly positives: number;
}

function gather(sets: readonly ExampleSet[], width: number): Gathered {
  const total = sets.reduce((sum, set) => sum + (set.examples.manifest.counts['rows'] ?? 0), 0);
  const x = new Float32Array(total * width);
  const label = new Uint8Array(total);
  const weight = new Float32Array(total);
  const artist = new Uint32Array(total);
  const fold = new Uint8Array(total);
  const indexOf = new Map<string, number>();
  let at = 0;
  for (const { examples, snapshot } of sets) {
    const ids = ColFile.open(snapshotFiles(snapshot).catalogue).strings('artist.id');
    const mapped = ids.map((id) => {
      const index = indexOf.get(id) ?? indexOf.size;
      indexOf.set(id, index);
      return index;
    });
    for (const name of Object.keys(examples.manifest.files)
      .filter((file) => file.endsWith('.col'))
      .toSorted()) {
      const file = ColFile.open(join(examples.path, name));
      x.set(file.f32('x'), at * width);
      const labels = file.u8('label');
      label.set(labels, at);
      weight.set(file.f32('weight'), at);
      fold.set(file.u8('fold'), at);
      artist.set(
        file.u32('artist').map((a) => mapped[a] as number),
        at,
      );
      at += labels.length;
    }
  }
  const positives = label.reduce((sum, y) => sum + y, 0);
  return { x, label, weight, artist, fold, artistIds: [...indexOf.keys()], positives };
}

/**
 * The rates of a ranker's artists in the order of a snapshot's artists, written as `rate` f32 for the
 * crate; NaN for artists without examples.
 */
export async function writeArtistRates(
  ranker: Artifact,
  snapshot: Artifact,
  out: string,
): Promise<string> {
  const file = ColFile.open(join(ranker.path, 'artists.col'));
  const rate = file.f32('rate');
  const known = new Map(file.strings('artist').map((id, i) => [id, rate[i] as number]));
  const ids = ColFile.open(snapshotFiles(snapshot).catalogue).strings('artist.id');
  const writer = new ColWriter(out);
  writer.column('rate', 'f32').append(Float32Array.from(ids, (id) => known.get(id) ?? Number.NaN));
  return writer.close({});
}

/** The model's text, as the crate and LightGBM read it. */
export function readRankerText(ranker: Artifact): string {
  return readFileSync(join(ranker.path, 'model.txt'), 'utf8');
}
