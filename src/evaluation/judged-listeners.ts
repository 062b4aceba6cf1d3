import { join } from 'node:path';
import { type Artifact, ColFile } from '../platform/index.ts';
import { snapshotFiles } from '../lake/index.ts';

/** Columns of a catalogue that judging lists needs. */
export interface JudgedCatalogue {
  readonly recording: Uint32Array;
  readonly artist: Uint32Array;
  readonly listeners: Uint32Array;
  readonly genreOffsets: Uint32Array;
  readonly genreIds: Uint16Array;
  readonly genres: number;
  readonly artists: number;
  readonly country: readonly string[];
  /** Most heard tracks, best first, ties by index: what a short list is filled with. */
  readonly popular: readonly number[];
}

/** A listener that has truth, with what was known before the point. */
export interface JudgedListener {
  readonly user: string;
  readonly history: readonly number[];
  readonly positives: readonly number[];
  readonly heard: ReadonlySet<number>;
  readonly artists: ReadonlySet<number>;
  /** Recordings of the truth that the catalogue knows. */
  readonly truth: ReadonlySet<number>;
  readonly truthSize: number;
  /** The truth by artists the listener had never played: recordings known, and how many in all. */
  readonly newTruth: ReadonlySet<number>;
  readonly newTruthSize: number;
  readonly saved: ReadonlySet<number>;
  readonly country: string;
}

const unknown = 0xffff_ffff;
const enoughFlag = 8;

export function readCatalogue(snapshot: Artifact): JudgedCatalogue {
  const file = ColFile.open(snapshotFiles(snapshot).catalogue);
  const listeners = file.u32('listeners_all');
  const popular = Array.from(listeners, (_, t) => t).toSorted(
    (a, b) => (listeners[b] as number) - (listeners[a] as number) || a - b,
  );
  return {
    recording: file.u32('recording'),
    artist: file.u32('artist'),
    listeners,
    genreOffsets: file.u32('genre.off'),
    genreIds: file.u16('genre.id'),
    genres: Math.max(0, file.length('genre.name.off') - 1),
    artists: file.length('artist.listeners_all'),
    country: file.strings('country.name'),
    popular: popular.slice(0, 3000),
  };
}

export function genresOf(catalogue: JudgedCatalogue, track: number): Uint16Array {
  return catalogue.genreIds.subarray(
    catalogue.genreOffsets[track],
    catalogue.genreOffsets[track + 1],
  );
}

/**
 * Listeners with enough plays before the point and at least one positive first play after it, in
 * bucket order. Truth and history are by recording.
 */
export function readJudgedListeners(
  snapshot: Artifact,
  labels: Artifact,
  catalogue: JudgedCatalogue,
): JudgedListener[] {
  const truth = ColFile.open(join(labels.path, 'truth.col'));
  const users = new Map(truth.strings('user_id').map((user, i) => [user, i]));
  const [offsets, tracks] = [truth.u32('truth.off'), truth.u32('truth.track')];
  const [positive, saved] = [truth.u8('truth.positive'), truth.u8('truth.saved')];
  const newArtist = truth.u8('truth.new_artist');
  const found: JudgedListener[] = [];
  for (const path of snapshotFiles(snapshot).listeners) {
    const file = ColFile.open(path);
    const [hist, histTrack, histPositive] = [
      file.u32('hist.off'),
      file.u32('hist.track'),
      file.u16('hist.positives'),
    ];
    const [heard, heardRecording] = [file.u32('heard.off'), file.u32('heard.recording')];
    const [flags, country] = [file.u8('flags'), file.u16('country')];
    for (const [i, user] of file.strings('user_id').entries()) {
      const row = users.get(user);
      if (row === undefined || ((flags[i] as number) & enoughFlag) === 0) continue;
      const relevant = new Set<number>();
      const savedTracks = new Set<number>();
      const fresh = new Set<number>();
      let freshSize = 0;
      let truthSize = 0;
      for (let at = offsets[row] as number; at < (offsets[row + 1] as number); at++) {
        if (positive[at] === 0 && saved[at] === 0) continue;
        const track = tracks[at] as number;
        const recording = track === unknown ? unknown : (catalogue.recording[track] as number);
        if (newArtist[at] !== 0 && !fresh.has(recording)) freshSize++;
        if (newArtist[at] !== 0 && recording !== unknown) fresh.add(recording);
        if (recording === unknown) truthSize++;
        else {
          if (!relevant.has(recording)) truthSize++;
          relevant.add(recording);
          if (saved[at] !== 0) savedTracks.add(recording);
        }
      }
      if (truthSize === 0) continue;
      const history = Array.from(histTrack.subarray(hist[i], hist[i + 1]));
      found.push({
        user,
        history,
        positives: Array.from(histPositive.subarray(hist[i], hist[i + 1])),
        heard: new Set(heardRecording.subarray(heard[i], heard[i + 1])),
        artists: new Set(history.map((t) => catalogue.artist[t] as number)),
        truth: relevant,
        truthSize,
        newTruth: fresh,
        newTruthSize: freshSize,
        saved: savedTracks,
        country: catalogue.country[country[i] as number] ?? '',
      });
    }
  }
  return found;
}
