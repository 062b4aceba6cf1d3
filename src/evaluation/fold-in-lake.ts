import { once } from 'node:events';
import { createWriteStream, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type SilverRef, ingest, refine } from '../lake/index.ts';
import { type ChainOptions } from '../scoring/index.ts';
import { type Pair, innerHoldOut, readPairs, splitPairs } from './fold-in-split.ts';
import { type Split } from './test-look.ts';

export interface FoldInLakeRequest {
  readonly dataDir: string;
  readonly silver: SilverRef;
  readonly split: Split;
  readonly seed: number;
  readonly onStage?: (stage: string) => void;
}

/** The known pairs of a split as a lake of their own, below the data folder. */
export interface FoldInLake {
  readonly lake: string;
  readonly silver: SilverRef;
  /** Held-out tracks of each judged listener, by user. */
  readonly held: ReadonlyMap<string, readonly string[]>;
  /** Every pair that is known, those of the judged listeners among them. */
  readonly known: readonly Pair[];
  /** When lists are made, epoch ms. */
  readonly asOf: number;
}

const day = 86_400_000;
/** Pairs have no clock: they fall on two days (`innerHoldOut`), and lists are made on the next. */
const playedOn = Date.UTC(2000, 0, 1);
const mostPlays = 20;

/** Splits the pairs and ingests what is known; whoever asked removes `lake` when it is done with. */
export async function foldInLake(request: FoldInLakeRequest): Promise<FoldInLake> {
  const { silver, split, seed, onStage } = request;
  const test = split !== 'tuning';
  if (split !== 'tuning') split.use();
  onStage?.('split');
  const { known, held } = splitPairs(await readPairs(silver), seed, test);
  const { early, late } = innerHoldOut({ known, held }, seed);
  const name = `fold-in-${seed}-${test ? 'test' : 'validation'}`;
  const lake = join(request.dataDir, 'evaluation', name);
  rmSync(lake, { recursive: true, force: true });
  const input = join(lake, 'input', 'events');
  mkdirSync(input, { recursive: true });
  await writeEvents(join(input, 'events-early.csv'), early, playedOn);
  await writeEvents(join(input, 'events-late.csv'), late, playedOn + day);
  onStage?.('lake of the split');
  const asOf = playedOn + 2 * day;
  await ingest({
    dataDir: lake,
    paths: [join(lake, 'input')],
    format: 'generic',
    now: asOf + day,
    buckets: 8,
  });
  return {
    lake,
    silver: await refine({ dataDir: lake }),
    known,
    held,
    asOf,
  };
}

/** The chain on such a lake: labels of the second day, everybody judged, no recipe that needs times. */
export function foldInChain(chain: ChainOptions, onStage?: (stage: string) => void): ChainOptions {
  return {
    ...chain,
    minPlays: 1,
    labelDays: 1,
    recipe: 'pairs',
    hygiene: { on: false, keep: [] },
    ...(onStage ? { onStage } : {}),
  };
}

async function writeEvents(path: string, pairs: readonly Pair[], from: number): Promise<void> {
  const file = createWriteStream(path);
  file.write('user_id,track_id,ts,event_id,artist_id\n');
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  for (const [i, { user, track, artist, plays }] of pairs.entries()) {
    const rows = Array.from(
      { length: Math.min(plays, mostPlays) },
      (_, n) =>
        `${quoted(user)},${quoted(track)},${from + n * 3_600_000},${from}-${i}-${n},${quoted(artist)}\n`,
    );
    if (!file.write(rows.join(''))) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}
