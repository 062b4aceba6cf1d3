import { type IngestReport, type Quality } from '../lake/index.ts';

const count = (n: number): string => n.toLocaleString('en');

/** What an ingest brought, set aside and passed over, as lines. */
export function ingestText(report: IngestReport): string {
  const rows = Object.entries(report.rows).filter(([, n]) => n > 0);
  const aside = report.quarantined.map(
    ({ table, reason, rows: n }) => `  ${count(n).padStart(12)}  ${table}: ${reason}`,
  );
  return [
    report.repeated
      ? `These bytes were ingested before (${report.ingestId}): nothing changed.`
      : `Ingested ${report.ingestId} from ${count(report.sources.length)} files:`,
    ...rows.map(([table, n]) => `  ${count(n).padStart(12)}  ${table}`),
    ...(aside.length === 0 ? [] : ['In quarantine, by reason:', ...aside]),
    ...(report.passedOver.length === 0 ? [] : [`Passed over: ${report.passedOver.join(', ')}`]),
    ...(report.clock ? [] : ['No clock: there will be no ranker, and no week can be held out.']),
  ].join('\n');
}

/** The quality report of silver: its tables, what failed an expectation, bots, quarantine. */
export function qualityText(counts: Readonly<Record<string, number>>, quality: Quality): string {
  const failed = quality.expectations.filter((expectation) => !expectation.passed);
  const { bots } = quality;
  return [
    ...Object.entries(counts).map(([table, n]) => `  ${count(n).padStart(12)}  ${table}`),
    `Expectations: ${quality.expectations.length - failed.length} hold, ${failed.length} do not.`,
    ...failed.map(
      (e) => `  ${count(e.failed).padStart(12)}  ${e.table}: not always "${e.name}" (${e.action})`,
    ),
    `Repeated events dropped: ${count(quality.repeatedEvents)}. Bots: ${count(bots.plays)} plays of ${count(bots.listeners)} listeners set aside.`,
    ...quality.quarantine.map(
      ({ table, reason, rows }) => `  ${count(rows).padStart(12)}  quarantine, ${table}: ${reason}`,
    ),
  ].join('\n');
}
