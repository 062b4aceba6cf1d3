/** Numbers of the list builder (`ListParams` of the crate). Null is "no cap" or "off". */
export interface ListParams {
  /** Tracks of the list, exploratory ones included. */
  readonly length: number;
  /** Tracks kept behind the list for read-time filters. */
  readonly reserve: number;
  /** What full similarity to a chosen track costs, in units of the best candidate's score. */
  readonly mmr: number;
  /** Similarity of two tracks by one artist, [0, 1]. */
  readonly artistSimilarity: number;
  /** Factor on the cosine of two tracks' item vectors, [0, 1]; 0: MMR does not read vectors. */
  readonly vectorSimilarity: number;
  /** Weight of a determinantal point process, in units of the best candidate's score; 0: off. */
  readonly dpp: number;
  /** Steck's lambda, [0, 1]: (1 - lambda) x mean value - lambda x KL. */
  readonly calibration: number;
  /** Weight of the last 28 days in the genres that lists are calibrated to, [0, 1]. */
  readonly recentShare: number;
  /** Mean popularity percentile of the list is at most the listener's habit minus this. */
  readonly popularityMargin: number | null;
  /** Largest penalty on popularity, in units of the best candidate's score. */
  readonly popularityCeiling: number;
  /** Tracks by artists the listener never played, chosen first. */
  readonly newArtists: number;
  readonly perNewArtist: number | null;
  readonly perKnownArtist: number | null;
  /** Others only where tracks by new artists run out. */
  readonly newArtistsOnly: boolean;
  /** Exploratory tracks, at the first so many of `explorationPlaces`. */
  readonly explorationSlots: number;
  /** Places from 1, ascending. */
  readonly explorationPlaces: readonly number[];
  /** An artist stands at most once in so many consecutive places, where that is possible. */
  readonly spacing: number;
}

export type SettingName = 'accurate' | 'balanced' | 'adventurous';

const shared = {
  /** A list of 30 with two more lists behind it fits a value of 698 bytes. */
  length: 30,
  reserve: 60,
  /** Two tracks by one artist are less alike than one genre set and more than half of one. */
  artistSimilarity: 0.7,
  /** Off: nothing is shown to be won by it on tuning weeks, and it doubles the time of a list. */
  vectorSimilarity: 0,
  dpp: 0,
  /** Taste of a month and of all time count alike: a season's mood neither rules nor vanishes. */
  recentShare: 0.5,
  /** More moves no list further down, and gives up the scores where candidates are all popular. */
  popularityCeiling: 2,
  /** Spread over the list and never in the first places, which decide whether it is opened. */
  explorationPlaces: [8, 17, 26],
  /** Never two by one artist in a row; three apart cost 8 % of NDCG on tuning weeks. */
  spacing: 2,
} as const;

/** The three settings: accuracy alone, the default between habit and discovery, new artists only. */
export const settings: Readonly<Record<SettingName, ListParams>> = {
  accurate: {
    ...shared,
    /** Everything that trades accuracy away is off: the 30 most probable tracks. */
    mmr: 0,
    calibration: 0,
    popularityMargin: null,
    newArtists: 0,
    perNewArtist: null,
    perKnownArtist: null,
    newArtistsOnly: false,
    explorationSlots: 0,
    spacing: 0,
  },
  balanced: {
    ...shared,
    /** Between equals the less alike: nothing is shown to be lost by it on tuning weeks. */
    mmr: 0.03,
    /** Least value that gives a planted 80/20 listener 24/6 of 30 when one genre always scores higher. */
    calibration: 0.5,
    /** Below the habit in the mean of all listeners too, those whose candidates are all popular included. */
    popularityMargin: 0.05,
    /** 30 % at least by artists never played, one track each: the widest choice of new voices. */
    newArtists: 9,
    perNewArtist: 1,
    /** A favourite artist may fill a third of the list, not all of it. */
    perKnownArtist: 10,
    newArtistsOnly: false,
    explorationSlots: 2,
  },
  adventurous: {
    ...shared,
    /** Mild: among strangers the scores say little. */
    mmr: 0.03,
    calibration: 0.3,
    popularityMargin: null,
    newArtists: 30,
    /** A second track tells more of a stranger than a 30th stranger does. */
    perNewArtist: 2,
    perKnownArtist: 2,
    newArtistsOnly: true,
    explorationSlots: 3,
  },
};

/** What a listener gets who chose nothing. */
export const defaultSetting: SettingName = 'balanced';
