export * from './errors.ts';
export * from './rng.ts';
export * from './week.ts';
export * from './metrics/index.ts';
