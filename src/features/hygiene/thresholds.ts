import { type FitParams } from '../../native/index.ts';

/** From which value a sign counts 1, 2 and 4 points; null: never. */
export type Sign = readonly [weak: number, strong: number | null, absurd: number | null];

/** What people who listen all day show too. */
export const heavySigns: readonly string[] = ['rate', 'hours', 'run', 'repeats', 'unskipped'];

/** Everything that decides a flag. Shares are in thousandths. */
export interface Thresholds {
  /** Fewest plays of a listener, or of a week, that can be a machine's. */
  readonly leastPlays: number;
  /** Points from which a listener or a week is a machine's: one absurd sign, or several weak ones. */
  readonly botPoints: number;
  /** Most points of `heavySigns` together. */
  readonly heavyMost: number;
  readonly signs: {
    /** Plays on an active day. */
    readonly rate: Sign;
    /** Thousandths of hours with plays on an active day. */
    readonly hours: Sign;
    /** Minutes without 30 minutes of silence. */
    readonly run: Sign;
    /** How even the gaps are: 1000 is a metronome, 500 chance. */
    readonly regular: Sign;
    /** Plays cut at 30 to 35 seconds. */
    readonly short: Sign;
    /** Plays of tracks that others mostly cut there. */
    readonly bought: Sign;
    /** Plays of tracks that the same few others play far too much, too. */
    readonly farm: Sign;
    /** Plays begun in the same second as another listener's of that track. */
    readonly joint: Sign;
    /** Plays per track. */
    readonly repeats: Sign;
    /** Changes of country between two plays. */
    readonly jumps: Sign;
    /** Changes of device between two plays. */
    readonly swaps: Sign;
    /** Plays without a single skip, where people skip. */
    readonly unskipped: Sign;
  };
  /** Active days from which gaps are judged. */
  readonly regularDays: number;
  /** Gaps below which a change of country or device is a jump, seconds. */
  readonly jumpSeconds: number;
  readonly deviceSeconds: number;
  /** Others' short plays from which a track may be bought. */
  readonly boughtPlays: number;
  /** Times the usual plays of a track from which a listener is hooked on it; usual: the mean, none above 4. */
  readonly hookedTimes: number;
  /** Hooked listeners from which a track tells nothing. */
  readonly hookedMost: number;
  /** Which companion counts: a farm has more accounts than this. */
  readonly farmCompanions: number;
  /** Lower-case genres of children's music. */
  readonly childGenres: readonly string[];
  /** Share of a session from which it is a child's, and of an account from which that is its taste. */
  readonly childShare: number;
  readonly childAccount: number;
  /** Plays, distinct tracks per play and energy of a session somebody sleeps through. */
  readonly sleepPlays: number;
  readonly sleepTracks: number;
  readonly sleepEnergy: number;
  /** Silence after it, seconds, where the context does not say. */
  readonly sleepSilence: number;
  /** Fewest plays of a session that can be a stranger's. */
  readonly strangerPlays: number;
  readonly strangerScore: number;
  /** Weights of what is unknown, and of the distance from the usual fit, in hundredths. */
  readonly artistWeight: number;
  readonly genreWeight: number;
  readonly fitWeight: number;
  readonly fit: FitParams;
}

const day = 86_400;

/** Chosen on the tuning families and on worlds other than the judged one; see docs/hygiene.md. */
export const defaultThresholds: Thresholds = {
  leastPlays: 60,
  botPoints: 4,
  heavyMost: 2,
  signs: {
    rate: [250, 450, 1000],
    hours: [16_000, 20_000, null],
    run: [900, 1800, 5000],
    regular: [350, 600, null],
    short: [300, 600, 950],
    bought: [200, 500, null],
    farm: [500, 800, null],
    joint: [50, 300, null],
    repeats: [25, null, null],
    jumps: [5, 20, null],
    swaps: [150, 400, null],
    unskipped: [400, null, null],
  },
  regularDays: 5,
  jumpSeconds: 3600,
  deviceSeconds: 60,
  boughtPlays: 10,
  hookedTimes: 6,
  hookedMost: 50,
  farmCompanions: 4,
  childGenres: [
    'children',
    "children's music",
    'childrens',
    'kids',
    'lullabies',
    'nursery rhymes',
    'nursery songs',
    'story songs',
    'sing-along',
  ],
  childShare: 600,
  childAccount: 800,
  sleepPlays: 12,
  sleepTracks: 700,
  sleepEnergy: 350,
  sleepSilence: 4 * 3600,
  strangerPlays: 3,
  strangerScore: 1100,
  artistWeight: 50,
  genreWeight: 50,
  fitWeight: 200,
  fit: {
    dimensions: 256,
    farSeconds: 7 * day,
    nearSeconds: day / 2,
    leastReferences: 3,
    mostReferences: 256,
    neighbours: 3,
  },
};
