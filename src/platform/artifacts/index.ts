export * from './artifact.ts';
export * from './canonical-json.ts';
export * from './files.ts';
export * from './list.ts';
export * from './process-mark.ts';
export * from './temporaries.ts';
