import type { Rng } from '../domain/index.ts';

/** Of how many recordings that come to mind the most attractive is played. */
const comeToMind = 4;
/** Where a replayed recording moves to, as a share of its place. */
const drift = 0.9;

/** What a listener has heard and come to like. Favourites drift to the front as they are replayed. */
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

  /** A known recording: of four that come to mind, favourites sooner, the most attractive; -1 if none. */
  recall(rng: Rng): number {
    const { liked, attraction } = this;
    if (liked.length === 0) return -1;
    let at = 0;
    let most = -1;
    for (let i = 0; i < comeToMind; i++) {
      const other = Math.floor(liked.length * rng.uniform() ** 1.1);
      const pull = attraction[liked[other] ?? 0] ?? 0;
      if (pull <= most) continue;
      at = other;
      most = pull;
    }
    const recording = liked[at] ?? -1;
    const ahead = Math.floor(at * drift);
    liked[at] = liked[ahead] ?? recording;
    liked[ahead] = recording;
    return recording;
  }

  recallHoliday(rng: Rng): number {
    return this.likedHoliday[rng.below(this.likedHoliday.length)] ?? -1;
  }
}
