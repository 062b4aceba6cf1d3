export { type PoolOptions, type ShardOk, runShards } from './pool.ts';
