import { type ListParams, settings } from '../../src/playlist/index.ts';

/** One knob of the list builder turned up step by step. */
export interface Sweep {
  readonly name: string;
  /** What the knob starts from. */
  readonly base: 'accurate' | 'balanced';
  readonly steps: readonly { readonly value: number; readonly list: ListParams }[];
}

function sweep(
  base: Sweep['base'],
  name: string,
  values: readonly number[],
  change: (value: number) => Partial<ListParams>,
): Sweep {
  const steps = values.map((value) => ({ value, list: { ...settings[base], ...change(value) } }));
  return { name, base, steps };
}

const dials = (base: Sweep['base']): Sweep[] => [
  sweep(base, 'MMR', [0.03, 0.1, 0.3, 1], (mmr) => ({ mmr, dpp: 0, vectorSimilarity: 0 })),
  sweep(base, 'MMR with item vectors', [0.03, 0.1, 0.3, 1], (mmr) => ({
    mmr,
    dpp: 0,
    vectorSimilarity: 1,
  })),
  sweep(base, 'DPP', [0.01, 0.03, 0.1, 0.3], (dpp) => ({ mmr: 0, dpp })),
  sweep(base, 'calibration', [0.3, 0.5, 0.7, 0.9], (calibration) => ({ calibration })),
  sweep(base, 'popularity margin', [-0.1, 0, 0.1, 0.2], (popularityMargin) => ({
    popularityMargin,
  })),
  sweep(base, 'new artists', [6, 12, 15, 18], (newArtists) => ({ newArtists, perNewArtist: 1 })),
];

/** Every sweep: from the plain list, where a knob's own price shows, and from the default list. */
export const sweeps: readonly Sweep[] = [...dials('accurate'), ...dials('balanced')];
