export { type AttackOptions, type AttackSummary, writeAttack } from './attack/attack.ts';
export { type Family, families } from './attack/families.ts';
export { plantedListeners, presets, type WorldConfig } from './config.ts';
export { generateWorld, type WorldProgress } from './generate.ts';
export { plantedRegion } from './planted-region.ts';
export { plantedWeeks } from './planted-listeners.ts';
export type { WorldSummary } from './summary.ts';
export { openTruth, Truth, type OracleTrack } from './truth.ts';
export { type LiveWeek, LiveWorld } from './live.ts';
