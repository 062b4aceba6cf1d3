import { itemVectorsFile } from '../features/index.ts';
import { ColFile } from '../platform/index.ts';
import { type Chain } from '../scoring/index.ts';
import { type TrackVectors } from './judge.ts';

/** Item vectors of the chain, by which lists are spread; null where its recipe has none. */
export function vectorsOf({ retrieval }: Chain): TrackVectors | null {
  if (retrieval.vectors === null) return null;
  const file = ColFile.open(itemVectorsFile(retrieval.vectors));
  const rows = file.f32('input');
  return { rows, dimensions: rows.length / Math.max(1, file.length('count')) };
}
