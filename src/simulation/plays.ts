import { allBotPlays } from './bots.ts';
import type { World } from './world.ts';

/** Plays that the mean listener makes in a week, such that all come to the target. */
export function meanPlaysPerWeek(world: World): number {
  const { playsTarget, listeners, weeks } = world.config;
  // 0.97: measured; late joiners and the cap take away, shown lists add
  return Math.max(1, playsTarget - allBotPlays(world.config)) / (listeners * weeks * 0.97);
}
