export { firstPlays } from './truth/first-plays.ts';
export { gold } from './gold/gold.ts';
export { type IngestFormat, type IngestReport, ingest, ingestFormats } from './ingest/ingest.ts';
export { type SilverRef, eventSpans, newestEvent, readQuality, refine } from './silver/refine.ts';
export { bucketFile, snapshot } from './snapshot/snapshot.ts';
export { type Quality } from './silver/quality.ts';
export { snapshotFiles } from './snapshot/snapshot-files.ts';
