import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import {
  type Artifact,
  ColFile,
  dropRows,
  fileSize,
  readManifest,
  sha256OfFile,
  sweepTemporaries,
  syncPath,
  temporaryName,
} from '../../platform/index.ts';
import { bucketFile } from './snapshot.ts';

/** Beside the snapshot, under a name that no listing takes for an artifact. */
const nextName = (path: string): string => join(dirname(path), `.erased-${basename(path)}`);

/**
 * Takes listeners out of a snapshot that lists in use were made from: it stays, for the catalogue that
 * decodes them, and keeps the content digest it is pinned by; `counts.erased` tells what is gone.
 * Returns the listeners taken out. Stopped anywhere and repeated, it ends the same.
 */
export async function takeFromSnapshot(path: string, users: ReadonlySet<string>): Promise<number> {
  finishSwap(path);
  sweepTemporaries(dirname(path));
  const snapshot = readManifest(path);
  const next = nextName(path);
  const buckets = snapshot.manifest.counts['buckets'] ?? 0;
  let taken = 0;
  const changed: string[] = [];
  for (let bucket = 0; bucket < buckets; bucket++) {
    const dropped = listed(join(path, bucketFile('listeners', bucket)), users);
    if (dropped.size === 0) continue;
    mkdirSync(next, { recursive: true });
    taken += dropped.size;
    changed.push(...(await writeBucket(path, next, bucket, dropped)));
  }
  if (taken === 0) return 0;
  await swap(snapshot, next, changed, taken);
  return taken;
}

function listed(file: string, users: ReadonlySet<string>): Set<number> {
  const ids = ColFile.open(file).strings('user_id');
  return new Set(ids.flatMap((id, row) => (users.has(id) ? [row] : [])));
}

async function writeBucket(
  path: string,
  next: string,
  bucket: number,
  dropped: ReadonlySet<number>,
): Promise<string[]> {
  const names = {
    listeners: bucketFile('listeners', bucket),
    responses: bucketFile('responses', bucket),
    sessions: bucketFile('sessions', bucket),
  };
  const listeners = ColFile.open(join(path, names.listeners));
  const count = listeners.length('events');
  const { listeners: people, responses } = names;
  await dropRows(listeners, join(next, people), { count, dropped });
  await dropRows(ColFile.open(join(path, responses)), join(next, responses), { count, dropped });
  const sessions = ColFile.open(join(path, names.sessions));
  const owners = sessions.u32('session.listener');
  const gone = [...dropped].toSorted((a, b) => a - b);
  await dropRows(sessions, join(next, names.sessions), {
    count: owners.length,
    dropped: new Set([...owners.keys()].filter((i) => dropped.has(owners[i] as number))),
    perRow: new Set(['session.listener']),
    change: { 'session.listener': (row) => row - gone.filter((each) => each < row).length },
  });
  return Object.values(names);
}

/** Puts the new folder, completed with the files that stay, in the place of the old one. */
async function swap(
  { path, manifest }: Artifact,
  next: string,
  changed: readonly string[],
  taken: number,
): Promise<void> {
  const files = { ...manifest.files };
  for (const name of readdirSync(path)) {
    if (changed.includes(name)) {
      const file = join(next, name);
      files[name] = { bytes: fileSize(file), sha256: await sha256OfFile(file) };
    } else if (name !== 'manifest.json') sameFile(join(path, name), join(next, name));
  }
  const counts = { ...manifest.counts, erased: (manifest.counts['erased'] ?? 0) + taken };
  const text = `${JSON.stringify({ ...manifest, files, counts }, null, 1)}\n`;
  writeFileSync(join(next, 'manifest.json'), text);
  syncPath(join(next, 'manifest.json'));
  syncPath(next);
  const old = temporaryName(path);
  renameSync(path, old);
  renameSync(next, path);
  syncPath(dirname(path));
  rmSync(old, { recursive: true, force: true });
}

/** After a stop: the old folder was moved away and the new one is whole, or the new one is not wanted. */
function finishSwap(path: string): void {
  const next = nextName(path);
  if (!existsSync(next)) return;
  if (existsSync(path)) rmSync(next, { recursive: true });
  else renameSync(next, path);
}

function sameFile(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to); // a file system without hard links
  }
}
