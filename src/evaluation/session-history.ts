import { snapshotFiles } from '../lake/index.ts';
import { type Artifact, ColFile } from '../platform/index.ts';
import { type HistoryRows } from './prefix-bucket.ts';
import { type PastSessions } from './session-knn.ts';

/** Recordings heard and history rows of every listener of a snapshot, by id. */
export function readListeners(snapshot: Artifact) {
  const heard = new Map<string, ReadonlySet<number>>();
  const history = new Map<string, HistoryRows>();
  for (const path of snapshotFiles(snapshot).listeners) {
    const file = ColFile.open(path);
    const [off, rows] = [file.u32('heard.off'), file.u32('heard.recording')];
    const from = file.u32('hist.off');
    const columns = {
      track: file.u32('hist.track'),
      last: file.u32('hist.last'),
      positives: file.u16('hist.positives'),
      positives28: file.u16('hist.positives28'),
      positives7: file.u16('hist.positives7'),
      skips: file.u16('hist.skips'),
      weight: file.i32('hist.weight'),
    };
    for (const [i, user] of file.strings('user_id').entries()) {
      heard.set(user, new Set(rows.subarray(off[i], off[i + 1])));
      const slice = <T extends { subarray(a?: number, b?: number): T }>(column: T): T =>
        column.subarray(from[i], from[i + 1]);
      history.set(user, {
        track: slice(columns.track),
        last: slice(columns.last),
        positives: slice(columns.positives),
        positives28: slice(columns.positives28),
        positives7: slice(columns.positives7),
        skips: slice(columns.skips),
        weight: slice(columns.weight),
      });
    }
  }
  return { heard, history };
}

/** The sessions of a snapshot: liked plays of the training days. */
export function readPast(snapshot: Artifact): PastSessions {
  const tracks: number[][] = [];
  const begins: number[] = [];
  for (const path of snapshotFiles(snapshot).sessions) {
    const file = ColFile.open(path);
    const [off, track, ts] = [
      file.u32('session.off'),
      file.u32('session.track'),
      file.u32('session.ts'),
    ];
    for (let i = 0; i + 1 < off.length; i++) {
      tracks.push(Array.from(track.subarray(off[i], off[i + 1])));
      begins.push(ts[off[i] as number] ?? 0);
    }
  }
  return { tracks, begins };
}
