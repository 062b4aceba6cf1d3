export * from './artifacts/index.ts';
export * from './col/index.ts';
export * from './machine/index.ts';
export * from './sql/index.ts';
export * from './shards/index.ts';
export * from './store/index.ts';
