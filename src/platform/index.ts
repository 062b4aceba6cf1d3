export * from './artifacts/index.ts';
export * from './col/index.ts';
export * from './sql/index.ts';
