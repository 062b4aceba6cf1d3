import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type CLibrary, loadCLibrary } from './c-library.ts';

/** Rows for training: `x` is row-major, one row per label. */
export interface TrainingRows {
  readonly x: Float32Array;
  readonly label: Float32Array;
  readonly weight: Float32Array;
  /** Rows of each query, one query after the other: for objectives that order. */
  readonly group?: Int32Array;
}

export interface BoosterOptions {
  readonly featureNames: readonly string[];
  /** The library's parameters by their own names. */
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  readonly rounds: number;
  readonly onRound?: (round: number) => void;
}

const version = '4.7.0';
let loading: Promise<CLibrary> | undefined;

const signatures: Readonly<Record<string, string>> = {
  LGBM_DatasetCreateFromMat:
    'int LGBM_DatasetCreateFromMat(const float *data, int type, int rows, int columns, int rowMajor, const char *parameters, void *reference, _Out_ void **out)',
  LGBM_DatasetSetField:
    'int LGBM_DatasetSetField(void *handle, const char *name, const void *data, int n, int type)',
  LGBM_DatasetSetFeatureNames:
    'int LGBM_DatasetSetFeatureNames(void *handle, const char **names, int n)',
  LGBM_DatasetFree: 'int LGBM_DatasetFree(void *handle)',
  LGBM_BoosterCreate:
    'int LGBM_BoosterCreate(void *train, const char *parameters, _Out_ void **out)',
  LGBM_BoosterUpdateOneIter: 'int LGBM_BoosterUpdateOneIter(void *handle, _Out_ int *finished)',
  LGBM_BoosterSaveModelToString:
    'int LGBM_BoosterSaveModelToString(void *handle, int start, int rounds, int importance, int64_t size, _Out_ int64_t *length, _Out_ uint8_t *out)',
  LGBM_BoosterLoadModelFromString:
    'int LGBM_BoosterLoadModelFromString(const char *text, _Out_ int *rounds, _Out_ void **out)',
  LGBM_BoosterPredictForMat:
    'int LGBM_BoosterPredictForMat(void *handle, const float *data, int type, int rows, int columns, int rowMajor, int kind, int start, int rounds, const char *parameters, _Out_ int64_t *length, _Out_ double *out)',
  LGBM_BoosterFeatureImportance:
    'int LGBM_BoosterFeatureImportance(void *handle, int rounds, int kind, _Out_ double *out)',
  LGBM_BoosterFree: 'int LGBM_BoosterFree(void *handle)',
};

const float32 = 0;
const int32 = 2;
const rawScore = 1;

/** The official library, where the set-up puts it. */
function lightgbm(): Promise<CLibrary> {
  loading ??= loadCLibrary({
    name: 'LightGBM',
    path: fileURLToPath(new URL(`../../native/lib_lightgbm-${version}.so`, import.meta.url)),
    codes: { missing: 'lightgbm.missing', load: 'lightgbm.load', failed: 'lightgbm.failed' },
    lastError: 'LGBM_GetLastError',
    signatures,
  });
  return loading;
}

function parameterText(parameters: BoosterOptions['parameters']): string {
  return Object.entries(parameters)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
}

/**
 * Trains and returns LightGBM's text model. Same rows, parameters and thread count: same text.
 * The rounds run on this thread, with the loop free between them: LightGBM keeps its log level per
 * thread and would print on stdout from the threads of an asynchronous call.
 */
export async function trainBooster(rows: TrainingRows, options: BoosterOptions): Promise<string> {
  const { call } = await lightgbm();
  const n = rows.label.length;
  const columns = options.featureNames.length;
  const parameters = parameterText(options.parameters);
  const dataset: unknown[] = [null];
  call('LGBM_DatasetCreateFromMat', rows.x, float32, n, columns, 1, parameters, null, dataset);
  try {
    call('LGBM_DatasetSetField', dataset[0], 'label', rows.label, n, float32);
    call('LGBM_DatasetSetField', dataset[0], 'weight', rows.weight, n, float32);
    if (rows.group !== undefined)
      call('LGBM_DatasetSetField', dataset[0], 'group', rows.group, rows.group.length, int32);
    call('LGBM_DatasetSetFeatureNames', dataset[0], [...options.featureNames], columns);
    const booster: unknown[] = [null];
    call('LGBM_BoosterCreate', dataset[0], parameters, booster);
    try {
      const finished = [0];
      for (let round = 0; round < options.rounds && finished[0] === 0; round++) {
        call('LGBM_BoosterUpdateOneIter', booster[0], finished);
        options.onRound?.(round + 1);
        await setImmediate();
      }
      const length: bigint[] | number[] = [0];
      call('LGBM_BoosterSaveModelToString', booster[0], 0, -1, 0, 0, length, null);
      const text = Buffer.alloc(Number(length[0]));
      call('LGBM_BoosterSaveModelToString', booster[0], 0, -1, 0, text.length, length, text);
      return text.toString('utf8', 0, text.length - 1);
    } finally {
      call('LGBM_BoosterFree', booster[0]);
    }
  } finally {
    call('LGBM_DatasetFree', dataset[0]);
  }
}

/** Raw scores by the library itself: the oracle of the crate's tree walk. */
export async function predictBooster(
  text: string,
  rows: Float32Array,
  columns: number,
): Promise<Float64Array> {
  const { call } = await lightgbm();
  const booster: unknown[] = [null];
  call('LGBM_BoosterLoadModelFromString', text, [0], booster);
  try {
    const out = new Float64Array(rows.length / columns);
    call(
      'LGBM_BoosterPredictForMat',
      booster[0],
      rows,
      float32,
      out.length,
      columns,
      1,
      rawScore,
      0,
      -1,
      '',
      [0],
      out,
    );
    return out;
  } finally {
    call('LGBM_BoosterFree', booster[0]);
  }
}

/** Splits and total gain per feature by the library itself: the oracle of what a ranker's artifact says. */
export async function boosterImportance(
  text: string,
  columns: number,
): Promise<{ splits: Float64Array; gain: Float64Array }> {
  const { call } = await lightgbm();
  const booster: unknown[] = [null];
  call('LGBM_BoosterLoadModelFromString', text, [0], booster);
  try {
    const [splits, gain] = [new Float64Array(columns), new Float64Array(columns)];
    call('LGBM_BoosterFeatureImportance', booster[0], 0, 0, splits);
    call('LGBM_BoosterFeatureImportance', booster[0], 0, 1, gain);
    return { splits, gain };
  } finally {
    call('LGBM_BoosterFree', booster[0]);
  }
}

/** Loads the library and tells its version: for `doctor`. */
export async function lightgbmVersion(): Promise<string> {
  await lightgbm();
  return version;
}
