import { type Rng } from '../../domain/index.ts';
import { dayMs } from '../config.ts';
import { type Scene } from './scene.ts';
import { type Person, type SeenSession } from './world-view.ts';

const hourMs = 3_600_000;

/** Two to four sessions a day of one other listener, for a week. */
export function takeover(scene: Scene): void {
  each(scene, (victim, rng) => {
    const others = scene.sessionsOf(scene.donor(), 3);
    const from = scene.day(7 + rng.below(28));
    for (let day = 0; day < 7; day++)
      for (let n = 2 + rng.below(3); n > 0; n--)
        splice(scene, victim, pick(others, rng), from + day * dayMs + hours(rng, 7, 23));
  });
}

/** A session of another listener a day, for three weeks. */
export function housemate(scene: Scene): void {
  each(scene, (victim, rng) => {
    const others = scene.sessionsOf(scene.donor(), 3);
    const from = scene.day(21 + rng.below(14));
    for (let day = 0; day < 21; day++)
      splice(scene, victim, pick(others, rng), from + day * dayMs + hours(rng, 7, 23));
  });
}

/** Four sessions of four others, on four days. */
export function guests(scene: Scene): void {
  each(scene, (victim, rng) => {
    for (let n = 0; n < 4; n++) {
      const session = pick(scene.sessionsOf(scene.donor(), 4), rng);
      splice(
        scene,
        victim,
        session,
        scene.day(42 - 10 * n) + rng.below(8) * dayMs + hours(rng, 8, 23),
      );
    }
  });
}

/** One evening: sessions of two others until there are 40 plays. */
export function party(scene: Scene): void {
  each(scene, (victim, rng) => {
    const others = [scene.donor(), scene.donor()].map((donor) => scene.sessionsOf(donor, 4));
    const at = scene.at(victim.id, victim.country, 'speaker', 'party');
    let ms = scene.day(3 + rng.below(35)) + hours(rng, 18, 21);
    for (let plays = 0, turn = 0; plays < 40; turn++) {
      const session = pick(others[turn % 2] as readonly SeenSession[], rng);
      scene.log.replay(at, session, ms);
      plays += session.plays.length;
      ms += (session.plays.at(-1)?.ms ?? 0) - (session.plays[0]?.ms ?? 0) + 240_000;
    }
  });
}

/** Children's tracks for most of an hour, every afternoon for three weeks. */
export function childHour(scene: Scene): void {
  const songs = scene.tracksThat(({ genre }) => /child|lullab/.test(genre), 60);
  if (songs.length === 0) return;
  each(scene, (victim, rng) => {
    const loved = Array.from({ length: 20 }, () => pick(songs, rng));
    const from = scene.day(21 + rng.below(14));
    for (let day = 0; day < 21; day++) {
      const at = scene.at(victim.id, victim.country, 'speaker', 'home');
      let ms = from + day * dayMs + hours(rng, 15, 18);
      for (let n = 10 + rng.below(8); n > 0; n--) ms = scene.log.play(at, pick(loved, rng), ms);
    }
  });
}

/** Eight quiet tracks, looped for two hours or more, every night for three weeks. */
export function sleepLoop(scene: Scene): void {
  const quiet = scene.tracksThat(({ energy }) => energy < 250, 200);
  if (quiet.length === 0) return;
  each(scene, (victim, rng) => {
    const loop = Array.from({ length: 8 }, () => pick(quiet, rng));
    const from = scene.day(21 + rng.below(14));
    for (let day = 0; day < 21; day++) {
      const at = scene.at(victim.id, victim.country, 'speaker');
      let ms = from + day * dayMs + hours(rng, 22, 24);
      const plays = 25 + rng.below(25);
      for (let n = 0; n < plays; n++)
        ms = scene.log.play(at, loop[n % loop.length] as (typeof loop)[number], ms);
    }
  });
}

function each(scene: Scene, live: (victim: Person, rng: Rng) => void): void {
  for (let i = 0; i < scene.accounts; i++) live(scene.victim(), scene.of(i));
}

function splice(scene: Scene, victim: Person, session: SeenSession, ms: number): void {
  const { device, context } = session;
  scene.log.replay(scene.at(victim.id, victim.country, device, context), session, ms);
}

function hours(rng: Rng, from: number, to: number): number {
  return Math.floor((from + rng.uniform() * (to - from)) * hourMs);
}

function pick<T>(from: readonly T[], rng: Rng): T {
  return from[rng.below(from.length)] as T;
}
