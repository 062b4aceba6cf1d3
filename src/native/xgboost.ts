import { existsSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type CLibrary, loadCLibrary } from './c-library.ts';
import { type BoosterOptions, type TrainingRows } from './lightgbm.ts';

const version = '3.2.0';
const path = fileURLToPath(
  new URL(`../../native/xgboost-${version}/xgboost/lib/libxgboost.so`, import.meta.url),
);
let loading: Promise<CLibrary> | undefined;

const signatures: Readonly<Record<string, string>> = {
  XGBSetGlobalConfig: 'int XGBSetGlobalConfig(const char *config)',
  XGDMatrixCreateFromMat:
    'int XGDMatrixCreateFromMat(const float *data, uint64_t rows, uint64_t columns, float missing, _Out_ void **out)',
  XGDMatrixSetFloatInfo:
    'int XGDMatrixSetFloatInfo(void *handle, const char *field, const float *data, uint64_t n)',
  XGBoosterSetStrFeatureInfo:
    'int XGBoosterSetStrFeatureInfo(void *handle, const char *field, const char **names, uint64_t n)',
  XGDMatrixFree: 'int XGDMatrixFree(void *handle)',
  XGBoosterCreate: 'int XGBoosterCreate(void **matrices, uint64_t n, _Out_ void **out)',
  XGBoosterSetParam: 'int XGBoosterSetParam(void *handle, const char *name, const char *value)',
  XGBoosterUpdateOneIter: 'int XGBoosterUpdateOneIter(void *handle, int round, void *train)',
  XGBoosterSaveModelToBuffer:
    'int XGBoosterSaveModelToBuffer(void *handle, const char *config, _Out_ uint64_t *length, _Out_ void **out)',
  XGBoosterLoadModelFromBuffer:
    'int XGBoosterLoadModelFromBuffer(void *handle, const uint8_t *text, uint64_t length)',
  XGBoosterPredictFromDMatrix:
    'int XGBoosterPredictFromDMatrix(void *handle, void *rows, const char *config, _Out_ void **shape, _Out_ uint64_t *dimensions, _Out_ void **out)',
  XGBoosterFeatureScore:
    'int XGBoosterFeatureScore(void *handle, const char *config, _Out_ uint64_t *features, _Out_ void **names, _Out_ uint64_t *dimensions, _Out_ void **shape, _Out_ void **scores)',
  XGBoosterFree: 'int XGBoosterFree(void *handle)',
};

/** Whether the set-up has fetched the library. */
export function hasXgboost(): boolean {
  return existsSync(path);
}

/** The official library, where the set-up puts it. */
function xgboost(): Promise<CLibrary> {
  loading ??= loadCLibrary({
    name: 'XGBoost',
    path,
    codes: { missing: 'ranking.engine_missing', load: 'xgboost.load', failed: 'xgboost.failed' },
    lastError: 'XGBGetLastError',
    signatures,
  });
  return loading;
}

/**
 * Trains and returns XGBoost's JSON model. Same rows, parameters and thread count: same text. Values
 * must be finite or NaN (missing). The rounds run on this thread, with the loop free between them.
 */
export async function trainXgboost(rows: TrainingRows, options: BoosterOptions): Promise<string> {
  const library = await xgboost();
  const { call } = library;
  call('XGBSetGlobalConfig', '{"verbosity": 0}');
  return withMatrix(library, rows.x, options.featureNames.length, async (matrix) => {
    const n = rows.label.length;
    call('XGDMatrixSetFloatInfo', matrix, 'label', rows.label, n);
    call('XGDMatrixSetFloatInfo', matrix, 'weight', rows.weight, n);
    return withBooster(library, [matrix], async (booster) => {
      for (const [name, value] of Object.entries(options.parameters))
        call('XGBoosterSetParam', booster, name, String(value));
      for (let round = 0; round < options.rounds; round++) {
        call('XGBoosterUpdateOneIter', booster, round, matrix);
        options.onRound?.(round + 1);
        await setImmediate();
      }
      const { featureNames } = options;
      call(
        'XGBoosterSetStrFeatureInfo',
        booster,
        'feature_name',
        [...featureNames],
        featureNames.length,
      );
      const [length, text]: [(number | bigint)[], unknown[]] = [[0], [null]];
      call('XGBoosterSaveModelToBuffer', booster, '{"format": "json"}', length, text);
      return Buffer.from(library.copy(text[0], Number(length[0]))).toString('utf8');
    });
  });
}

/** Raw scores or probabilities by the library itself: the oracle of the crate's tree walk. */
export async function predictXgboost(
  text: string,
  rows: Float32Array,
  columns: number,
  what: 'raw' | 'probability',
): Promise<Float32Array> {
  const library = await xgboost();
  const { call } = library;
  return withLoaded(library, text, (booster) =>
    withMatrix(library, rows, columns, (matrix) => {
      const config = JSON.stringify({
        type: what === 'raw' ? 1 : 0,
        training: false,
        iteration_begin: 0,
        iteration_end: 0,
        strict_shape: false,
      });
      const out: unknown[] = [null];
      call('XGBoosterPredictFromDMatrix', booster, matrix, config, [null], [0], out);
      const bytes = library.copy(out[0], 4 * (rows.length / columns));
      return Promise.resolve(new Float32Array(bytes));
    }),
  );
}

/** Total gain of the used features by the library itself, in the order of its own names. */
export async function xgboostScores(
  text: string,
  kind: 'weight' | 'total_gain',
): Promise<Float32Array> {
  const library = await xgboost();
  return withLoaded(library, text, (booster) => {
    const [features, scores]: [(number | bigint)[], unknown[]] = [[0], [null]];
    const config = JSON.stringify({ importance_type: kind });
    library.call('XGBoosterFeatureScore', booster, config, features, [null], [0], [null], scores);
    return Promise.resolve(new Float32Array(library.copy(scores[0], 4 * Number(features[0]))));
  });
}

async function withMatrix<T>(
  { call }: CLibrary,
  x: Float32Array,
  columns: number,
  work: (matrix: unknown) => Promise<T>,
): Promise<T> {
  const matrix: unknown[] = [null];
  call('XGDMatrixCreateFromMat', x, x.length / columns, columns, Number.NaN, matrix);
  try {
    return await work(matrix[0]);
  } finally {
    call('XGDMatrixFree', matrix[0]);
  }
}

async function withBooster<T>(
  { call }: CLibrary,
  matrices: readonly unknown[],
  work: (booster: unknown) => Promise<T>,
): Promise<T> {
  const booster: unknown[] = [null];
  call('XGBoosterCreate', [...matrices], matrices.length, booster);
  try {
    return await work(booster[0]);
  } finally {
    call('XGBoosterFree', booster[0]);
  }
}

function withLoaded<T>(
  library: CLibrary,
  text: string,
  work: (booster: unknown) => Promise<T>,
): Promise<T> {
  return withBooster(library, [], (booster) => {
    const bytes = Buffer.from(text);
    library.call('XGBoosterLoadModelFromBuffer', booster, bytes, bytes.length);
    return work(booster);
  });
}
