import { type Rng } from '../../domain/index.ts';
import { dayMs } from '../config.ts';
import { type Setting } from './attack-log.ts';
import { type Scene } from './scene.ts';
import { type SeenTrack } from './world-view.ts';

const hourMs = 3_600_000;
const farmSize = 8;

/** Loops bought tracks to their end, 16 hours a day, for two weeks. */
export function loopers(scene: Scene): void {
  eachFarm(scene, 12, 1, (user, bought, rng, country) => {
    const from = scene.day(14) + rng.below(24) * hourMs;
    for (let day = 0; day < 13; day++) {
      const at = scene.at(user, country, 'desktop');
      let i = rng.below(bought.length);
      for (let ms = from + day * dayMs; ms < from + day * dayMs + 16 * hourMs;)
        ms = scene.log.play(at, pick(bought, i++), ms) + rng.below(8000);
    }
  });
}

/** 31-second plays, one in 16 minutes, day and night, for three weeks. */
export function shortPlays(scene: Scene): void {
  eachFarm(scene, 12, 1, (user, bought, rng, country) => {
    const from = scene.day(21) + rng.below(24) * hourMs;
    for (let day = 0; day < 20; day++) {
      const at = scene.at(user, country, 'phone');
      for (let n = 0; n < 90; n++) {
        const ms = from + day * dayMs + (n * dayMs) / 90 + rng.below(600_000);
        scene.log.play(at, pick(bought, rng.below(bought.length)), ms, 30_500 + rng.below(2000));
      }
    }
  });
}

/** All accounts of a farm begin the same tracks at the same time, 18 hours a day, for four weeks. */
export function lockstep(scene: Scene): void {
  for (const [rng, accounts] of farms(scene)) {
    const bought = scene.smallArtists(rng, 4, 40);
    const from = scene.day(28) + rng.below(24) * hourMs;
    const devices = accounts.map(() => ['phone', 'desktop'][rng.below(2)] as string);
    for (let day = 0; day < 27; day++) {
      const at = accounts.map(([user, country], i) =>
        scene.at(user, country, devices[i] as string),
      );
      for (let n = 0; n < 50; n++) {
        const ms = from + day * dayMs + (n * 18 * hourMs) / 50 + rng.below(600_000);
        const track = pick(bought, rng.below(bought.length));
        for (const setting of at) scene.log.play(setting, track, ms);
      }
    }
  }
}

/** Rotates small artists' tracks in sessions of an hour, 8 to 23 o'clock, for four weeks. */
export function rotators(scene: Scene): void {
  eachFarm(scene, 150, 15, (user, bought, rng, country) => {
    const from = scene.day(28);
    let i = rng.below(bought.length);
    for (let day = 0; day < 27; day++)
      for (let hour = 8 + rng.below(2); hour < 23; hour += 2 + rng.below(3)) {
        const at = scene.at(user, country, 'phone');
        let ms = from + day * dayMs + hour * hourMs + rng.below(hourMs);
        for (let n = 12 + rng.below(8); n > 0; n--)
          ms = scene.log.play(at, pick(bought, i++), ms) + rng.below(4000);
      }
  });
}

/** Half of it the charts, with skips, half of it 31-second plays; 80 a day in sessions. */
export function camouflage(scene: Scene): void {
  eachFarm(scene, 12, 1, (user, bought, rng, country) => {
    const from = scene.day(28);
    for (let day = 0; day < 27; day++)
      for (const hour of [7, 12, 17, 20]) {
        const at = scene.at(user, country, 'phone');
        let ms = from + day * dayMs + hour * hourMs + rng.below(hourMs);
        for (let n = 0; n < 20; n++) ms = hidden(scene, at, bought, rng, ms);
      }
  });
}

/** For two weeks an account of a person also plays bought tracks from another country. */
export function stolen(scene: Scene): void {
  const bought = scene.smallArtists(scene.rng, 1, 12);
  for (let i = 0; i < scene.accounts; i++) {
    const rng = scene.of(i);
    const { id, country } = scene.victim();
    const abroad = ['US', 'GB', 'DE', 'BR', 'MX', 'JP'].filter((one) => one !== country);
    for (let day = 0; day < 13; day++) {
      const thief = abroad[rng.below(abroad.length)] as string;
      const home = scene.at(id, country, 'desktop');
      const away = { ...home, country: thief, device: 'phone' };
      for (let n = 0; n < 60; n++) {
        const ms = scene.day(14) + day * dayMs + (n * dayMs) / 60 + rng.below(900_000);
        hidden(scene, n % 2 === 0 ? home : away, bought, rng, ms);
      }
    }
  }
}

/** 45 plays of 30 to 33 seconds a night, from many small artists, for four weeks. */
export function nightShift(scene: Scene): void {
  eachFarm(scene, 300, 30, (user, bought, rng, country) => {
    for (let day = 0; day < 27; day++) {
      const at = scene.at(user, country, 'phone');
      for (let n = 0; n < 45; n++) {
        const ms = scene.day(28) + day * dayMs + n * 400_000 + rng.below(380_000);
        scene.log.play(at, pick(bought, rng.below(bought.length)), ms, 30_100 + rng.below(3000));
      }
    }
  });
}

/** Two ordinary sessions of a person's music a day, with skips, and then the bought album to its end. */
export function stooges(scene: Scene): void {
  eachFarm(scene, 12, 1, (user, bought, rng, country) => {
    const library = scene.libraryOf(scene.donor());
    for (let day = 0; day < 27; day++)
      for (const hour of [9, 19]) {
        const at = scene.at(user, country, 'phone');
        let ms = scene.day(28) + day * dayMs + hour * hourMs + rng.below(2 * hourMs);
        for (let n = 3 + rng.below(5); n > 0; n--) {
          const track =
            rng.uniform() < 0.2 ? scene.hit(rng) : pick(library, rng.below(library.length));
          ms =
            rng.uniform() < 0.2
              ? scene.log.skip(at, track, ms, 2000 + rng.below(40_000))
              : scene.log.play(at, track, ms);
        }
        if (hour === 19) for (const track of bought) ms = scene.log.play(at, track, ms);
      }
  });
}

function hidden(
  scene: Scene,
  at: Setting,
  bought: readonly SeenTrack[],
  rng: Rng,
  ms: number,
): number {
  if (rng.uniform() < 0.5)
    return scene.log.play(at, pick(bought, rng.below(bought.length)), ms, 30_500 + rng.below(2500));
  const hit = scene.hit(rng);
  return rng.uniform() < 0.15
    ? scene.log.skip(at, hit, ms, 4000 + rng.below(20_000))
    : scene.log.play(at, hit, ms);
}

type Account = readonly [user: string, country: string];

function* farms(scene: Scene): Generator<readonly [Rng, readonly Account[]]> {
  for (let first = 0; first < scene.accounts; first += farmSize) {
    const rng = scene.of(first);
    const count = Math.min(farmSize, scene.accounts - first);
    const accounts = Array.from({ length: count }, (): Account => {
      const country = ['US', 'BR', 'DE'][rng.below(3)] as string;
      return [scene.newcomer(country), country];
    });
    yield [rng, accounts];
  }
}

function eachFarm(
  scene: Scene,
  tracks: number,
  artists: number,
  live: (user: string, bought: readonly SeenTrack[], rng: Rng, country: string) => void,
): void {
  for (const [rng, accounts] of farms(scene)) {
    const bought = scene.smallArtists(rng, artists, tracks);
    for (const [user, country] of accounts) live(user, bought, rng, country);
  }
}

function pick(tracks: readonly SeenTrack[], i: number): SeenTrack {
  return tracks[i % tracks.length] as SeenTrack;
}
