export {
  type IngestFormat,
  type IngestOptions,
  type IngestReport,
  ingest,
  ingestFormats,
} from './ingest/ingest.ts';
export { type Limits, type OnProgress } from './session.ts';
export { type SilverRef, eventSpans, newestEvent, readQuality, refine } from './silver/refine.ts';
export { type GoldOptions, defaultTrainingDays, gold } from './gold/gold.ts';
export { type SnapshotOptions, bucketFile, snapshot } from './snapshot/snapshot.ts';
export { type FirstPlays, type FirstPlaysOptions, firstPlays } from './truth/first-plays.ts';
export { type Quality, type Span } from './silver/quality.ts';
