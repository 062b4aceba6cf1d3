import { ConfigError } from '../domain/index.ts';

/** What a world is made from. Two equal configs give the same logical content on every machine. */
export interface WorldConfig {
  readonly seed: number;
  /** People; bots and planted listeners come on top. */
  readonly listeners: number;
  /** Recordings; the catalogue has about a fifth more tracks, since a recording has releases. */
  readonly tracks: number;
  readonly weeks: number;
  /** End of the period, epoch milliseconds; weeks are counted back from here. */
  readonly endsAt: number;
  /** Expected number of play and skip events, bots included (default: 27 a listener and week). */
  readonly playsTarget?: number;
  /** Listeners that are play farms (default: one in 400). */
  readonly bots?: number;
  /** Adds the planted cases of `planted.ts`. */
  readonly planted?: boolean;
  /** Weeks after `endsAt` for which there is music and people to come (default: none). */
  readonly ahead?: number;
}

/** A config with every default filled in. */
export type FullConfig = Required<WorldConfig>;

export const dayMs = 86_400_000;
export const weekMs = 7 * dayMs;

/** How many `planted-8020-*` listeners a planted world has. */
export const plantedListeners = 20;

const endsAt = Date.UTC(2026, 10, 22, 18);

/** Ready-made sizes; spread one to vary it: `{ ...presets.tiny, seed: 7 }`. */
export const presets = {
  demo: { seed: 1, listeners: 10_000, tracks: 50_000, weeks: 8, endsAt, playsTarget: 2_300_000 },
  test: { seed: 1, listeners: 1_500, tracks: 5_000, weeks: 8, endsAt, playsTarget: 215_000 },
  /** As many plays a listener, and a track, as services report; its statistics are published ones. */
  lifelike: {
    seed: 1,
    listeners: 600,
    tracks: 50_000,
    weeks: 8,
    endsAt,
    playsTarget: 600_000,
  },
  tiny: { seed: 1, listeners: 150, tracks: 600, weeks: 8, endsAt, playsTarget: 20_000, bots: 1 },
} as const satisfies Record<string, WorldConfig>;

/** Fills the defaults; a number out of range is a ConfigError that names it. */
export function fullConfig(config: WorldConfig): FullConfig {
  const { seed, listeners, tracks, weeks, endsAt: end } = config;
  check('seed', seed, -0x8000_0000, 0xffff_ffff);
  check('listeners', listeners, 1, 9_000_000);
  check('tracks', tracks, 200, 9_000_000);
  check('weeks', weeks, 1, 520);
  check('endsAt', end, Date.UTC(1990, 0, 1), Date.UTC(2100, 0, 1));
  const bots = config.bots ?? Math.ceil(listeners / 400);
  check('bots', bots, 0, 900_000);
  const playsTarget = config.playsTarget ?? listeners * weeks * 27;
  check('playsTarget', playsTarget, 1, 1e12);
  const ahead = config.ahead ?? 0;
  check('ahead', ahead, 0, 520);
  return {
    seed,
    listeners,
    tracks,
    weeks,
    endsAt: end,
    bots,
    playsTarget,
    planted: config.planted ?? false,
    ahead,
  };
}

/** Weeks of the period and those that it can go on for. */
export function allWeeks(config: FullConfig): number {
  return config.weeks + config.ahead;
}

/** First instant of the period. */
export function startsAt(config: WorldConfig): number {
  return config.endsAt - config.weeks * weekMs;
}

function check(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new ConfigError(
    `World setting ${name} = ${value} is not a whole number in ${least}..${most}.`,
    {
      code: 'world.config',
      remedy: `Choose ${name} within that range.`,
    },
  );
}
