import type { Rng } from '../domain/index.ts';

/** Of how many recordings that come to mind the most attractive is played. */
const comeToMind = 5;

/** What a listener has heard and come to like. */
export class Memory {
  readonly heard = new Set<number>();
  readonly liked: number[] = [];
  readonly likedHoliday: number[] = [];
  readonly saved = new Set<number>();
  private readonly attraction: ArrayLike<number>;

  /** `attraction` of every recording of the catalogue. */
  constructor(attraction: ArrayLike<number>) {
    this.attraction = attraction;
  }

  /** A recording becomes known and liked. */
  learn(recording: number, isHoliday: boolean): void {
    this.heard.add(recording);
    (isHoliday ? this.likedHoliday : this.liked).push(recording);
  }

  /** The most attractive of five known recordings drawn evenly: hits are favourites; -1 if none. */
  recall(rng: Rng): number {
    const { liked, attraction } = this;
    if (liked.length === 0) return -1;
    let recording = liked[rng.below(liked.length)] ?? -1;
    for (let i = 1; i < comeToMind; i++) {
      const other = liked[rng.below(liked.length)] ?? -1;
      if ((attraction[other] ?? 0) > (attraction[recording] ?? 0)) recording = other;
    }
    return recording;
  }

  recallHoliday(rng: Rng): number {
    return this.likedHoliday[rng.below(this.likedHoliday.length)] ?? -1;
  }
}
