export {
  type IngestFormat,
  type IngestOptions,
  type IngestReport,
  ingest,
  ingestFormats,
} from './ingest/ingest.ts';
export { type Limits, type OnProgress } from './session.ts';
