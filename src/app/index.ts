export { backfill, backfillText, daysBetween } from './backfill.ts';
export { type Config, configJsonSchema, configTemplate, readConfig } from './config.ts';
export { type DailyReport, dailyText, runDaily } from './daily.ts';
export { type DemoResult, runDemo } from './demo.ts';
export { type Finding, examine } from './doctor.ts';
export { evaluationText, recipesText } from './evaluation-text.ts';
export { type ExportFormat, exportFormats, exportLists } from './export-lists.ts';
export { forgetList, liftTombstones } from './forget-list.ts';
export { type ErasureReceipt, forget, receiptText } from './forget.ts';
export { ingestText, qualityText } from './lake-text.ts';
export { nearest } from './nearest.ts';
export { liveWeek, newWorld } from './new-world.ts';
export { protocolNamed, protocolNames, runProtocol } from './run-protocol.ts';
export { type AsideReport, asideOf, asideText } from './set-aside.ts';
export { playlistText } from './show.ts';
export { tunedText } from './tuned-text.ts';
export { liveWeekText, worldText } from './world-text.ts';
export {
  type Workspace,
  chainOptions,
  gateLimits,
  lakeLimits,
  liveGeneration,
  nothingPublished,
  openWorkspace,
  parseTime,
  withPublished,
  withStore,
  workerCommand,
} from './workspace.ts';
