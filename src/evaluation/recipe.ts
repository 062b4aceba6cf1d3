import { type Json, digestJson } from '../platform/index.ts';
import { settings } from '../playlist/index.ts';
import { recipeFor } from '../retrieval/index.ts';
import { type ChainOptions } from '../scoring/index.ts';

/** Digest of settings, sources and options: names in the ledger what was judged. */
export function recipeDigest(options: ChainOptions): string {
  const { onStage: _stage, onProgress: _progress, ...rest } = options;
  return digestJson([
    settings,
    recipeFor(options.recipe, options.tuning),
    rest,
  ] as unknown as Json).slice(0, 16);
}
