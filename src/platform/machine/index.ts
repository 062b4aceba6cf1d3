export * from './usage.ts';
export * from './ending.ts';
export * from './fault.ts';
export * from './memory.ts';
