export { Bill, type BillLine } from './bill.ts';
export { type Check, type GateLimits, type Verdict, defaultGateLimits, gate } from './gate.ts';
export { readLists, valueAt } from './lists.ts';
export { withRunLock } from './lock.ts';
export { planShards } from './plan.ts';
export { type GenerationInfo, publish, rollback } from './publish.ts';
export { type Accepted, type Plan, RunFolder } from './run-folder.ts';
export { ShardTask } from './shard-task.ts';
export { type SundayReport, type SundayRequest, publishRun, sunday } from './sunday.ts';
