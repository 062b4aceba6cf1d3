import { NotFoundError } from '../domain/index.ts';
import { type SetAside, hygieneDir, setAsideOf } from '../features/index.ts';
import { listArtifacts, openArtifact } from '../platform/index.ts';

/** What is set aside of a listener by the newest flags of a data folder. */
export interface AsideReport extends SetAside {
  readonly user: string;
  /** Epoch ms; nothing at or after it was looked at. */
  readonly asOf: number;
}

/** Reads the newest hygiene artifact (by as-of time, then version); without one a NotFoundError. */
export async function asideOf(dataDir: string, user: string): Promise<AsideReport> {
  const all = listArtifacts(hygieneDir(dataDir));
  const newest = all.toSorted((a, b) => (a.manifest.asOf ?? 0) - (b.manifest.asOf ?? 0)).at(-1);
  if (newest === undefined)
    throw new NotFoundError('Nothing has been set aside in this data folder.', {
      code: 'hygiene.none',
      remedy: 'Run "deepcuts train" or "deepcuts sunday" with features.hygiene = true.',
    });
  const flags = await openArtifact(newest.path);
  return { user, asOf: flags.manifest.asOf ?? 0, ...(await setAsideOf(flags, user)) };
}

const names: Readonly<Record<string, string>> = {
  child: "a child's",
  sleep: 'slept through',
  stranger: "somebody else's",
};

/** The report as lines, and how to undo it. */
export function asideText({ user, asOf, sessions, aside }: AsideReport): string {
  const until = new Date(asOf).toISOString().slice(0, 10);
  const head = `${aside.length} of ${sessions} sessions of ${user} before ${until} are set aside`;
  if (aside.length === 0) return `${head}.`;
  const rows = aside.map(({ started, plays, reasons, isBot }) => {
    const when = new Date(started).toISOString().slice(0, 16).replace('T', ' ');
    const why = reasons.split(' ').map((reason) => names[reason] ?? reason);
    return `  ${when}  ${String(plays).padStart(4)} plays  ${isBot ? 'machine: ' : ''}${why.join(', ')}`;
  });
  return [
    `${head}:`,
    ...rows,
    `To have them back: hygiene_keep = [${JSON.stringify(user)}] under [features].`,
  ].join('\n');
}
