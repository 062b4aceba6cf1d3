import type { Rng } from '../domain/index.ts';

/** What a listener has heard and come to like. Favourites drift to the front as they are replayed. */
export class Memory {
  readonly heard = new Set<number>();
  readonly liked: number[] = [];
  readonly likedHoliday: number[] = [];
  readonly saved = new Set<number>();

  /** A recording becomes known and liked. */
  learn(recording: number, isHoliday: boolean): void {
    this.heard.add(recording);
    (isHoliday ? this.likedHoliday : this.liked).push(recording);
  }

  /** A known recording, favourites first (half of the draws fall on a quarter); -1 if none. */
  recall(rng: Rng): number {
    const { liked } = this;
    if (liked.length === 0) return -1;
    const at = Math.floor(liked.length * rng.uniform() ** 2);
    const recording = liked[at] ?? -1;
    const ahead = Math.floor(at * 0.8);
    liked[at] = liked[ahead] ?? recording;
    liked[ahead] = recording;
    return recording;
  }

  recallHoliday(rng: Rng): number {
    return this.likedHoliday[rng.below(this.likedHoliday.length)] ?? -1;
  }
}
