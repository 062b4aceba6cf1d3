export {
  type ModelSetParts,
  type OpenModelSet,
  buildModelSet,
  openModelSet,
  readPins,
} from './model-set.ts';
export { type BucketLists, ShardJob, listsFile } from './shard.ts';
export { type Chain, type ChainOptions, chainAt, retrievalAt } from './chain.ts';
export { type Delivery, modelSetFor } from './model-set-for.ts';
