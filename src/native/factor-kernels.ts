import { guardedAsync } from './errors.ts';
import { kernel } from './kernel.ts';

/** Parameters of implicit ALS (`FactorParams` of the crate). */
export interface FactorParams {
  readonly dimensions: number;
  readonly epochs: number;
  readonly regularization: number;
  /** Confidence of an interaction is 1 + alpha; of what was not played 1. */
  readonly alpha: number;
  /** Newest tracks of a listener, in training and as a query. */
  readonly history: number;
  /** Steps of conjugate gradients per row and epoch. */
  readonly steps: number;
  readonly seed: number;
}

interface FactorKernel {
  trainFactors(
    params: string,
    catalogue: string,
    listeners: readonly string[],
    out: string,
  ): Promise<string>;
}

/** Trains the factors of a snapshot's tracks into `factors.col`; returns its content digest. */
export function trainFactors(
  params: FactorParams,
  files: { readonly catalogue: string; readonly listeners: readonly string[] },
  out: string,
): Promise<string> {
  const native = kernel() as unknown as FactorKernel;
  return guardedAsync(() =>
    native.trainFactors(JSON.stringify(params), files.catalogue, files.listeners, out),
  );
}
