import { type Rng } from '../../domain/index.ts';
import { type Setting } from './attack-log.ts';
import { type Scene } from './scene.ts';
import { type SeenTrack } from './world-view.ts';

const hourMs = 3_600_000;

/** A playlist of 60, looped eleven hours a working day for six weeks; now and then a skip. */
export function worker(scene: Scene): void {
  eachPerson(scene, (user, country, rng, library) => {
    const list = library.slice(0, 60);
    everyDay(scene, 42, (day) => {
      if (new Date(day).getUTCDay() % 6 === 0) return;
      const at = scene.at(user, country, 'desktop', 'work');
      stream(scene, at, rng, day + 7 * hourMs + rng.below(hourMs), 11, inTurn(list), 0.01);
    });
  });
}

/** One artist for most of 40 plays a day. */
export function superfan(scene: Scene): void {
  eachPerson(scene, (user, country, rng, library) => {
    const favourite = library.filter(({ artist }) => artist === library[0]?.artist);
    everyDay(scene, 42, (day) => {
      for (const hour of [8, 17, 20]) {
        const at = scene.at(user, country, 'phone');
        const next = () => any(rng.uniform() < 0.7 ? favourite : library, rng);
        stream(scene, at, rng, day + hour * hourMs + rng.below(hourMs), 0.8, next, 0.05);
      }
    });
  });
}

/** Two hours of one's own in the evening, then a playlist of ten through the night. */
export function sleeper(scene: Scene): void {
  eachPerson(scene, (user, country, rng, library) => {
    const lulling = library.toSorted((a, b) => a.energy - b.energy).slice(0, 10);
    everyDay(scene, 35, (day) => {
      const evening = scene.at(user, country, 'phone');
      const own = () => any(library, rng);
      stream(scene, evening, rng, day + 18 * hourMs + rng.below(hourMs), 2, own, 0.1);
      const night = scene.at(user, country, 'speaker', 'sleep');
      stream(scene, night, rng, day + 22 * hourMs + rng.below(hourMs), 8, inTurn(lulling), 0);
    });
  });
}

/** Open 14 hours, six days a week, on two devices; nobody skips. */
export function bar(scene: Scene): void {
  eachPerson(scene, (user, country, rng, library) => {
    const house = [
      ...library,
      ...scene.libraryOf(scene.donor()),
      ...scene.libraryOf(scene.donor()),
    ];
    everyDay(scene, 42, (day) => {
      if (new Date(day).getUTCDay() === 1) return;
      const next = () => any(house, rng);
      for (const [device, from, to] of [
        ['desktop', 11, 17],
        ['phone', 17, 25],
      ] as const) {
        const at = scene.at(user, country, device, 'party');
        stream(scene, at, rng, day + from * hourMs, to - from, next, 0);
      }
    });
  });
}

/** Three people in one account; for a week one of them is abroad while the others play at home. */
export function household(scene: Scene): void {
  eachPerson(scene, (user, country, rng, library) => {
    const others = [library, scene.libraryOf(scene.donor()), scene.libraryOf(scene.donor())];
    const away = 5 + rng.below(25);
    everyDay(scene, 42, (day, n) => {
      for (const [i, music] of others.entries()) {
        const abroad = i === 2 && n >= away && n < away + 7;
        const at = scene.at(
          user,
          abroad ? 'MX' : country,
          ['phone', 'speaker', 'desktop'][i] ?? '',
        );
        const start = day + (8 + rng.below(11)) * hourMs + rng.below(hourMs);
        stream(scene, at, rng, start, 1 + 2 * rng.uniform(), () => any(music, rng), 0.12);
      }
    });
  });
}

/** Listens whenever awake: from 7 to 24 o'clock with pauses, and skips. */
export function marathon(scene: Scene): void {
  eachPerson(scene, (user, country, rng, library) => {
    everyDay(scene, 42, (day) => {
      for (let hour = 7; hour < 23; hour += 3) {
        const at = scene.at(user, country, ['phone', 'desktop', 'car'][rng.below(3)] ?? '');
        const next = () => (rng.uniform() < 0.2 ? scene.hit(rng) : any(library, rng));
        stream(scene, at, rng, day + hour * hourMs + rng.below(hourMs / 4), 2.7, next, 0.15);
      }
    });
  });
}

/** Ten hours of driving a day, over the border and back; stops, skips. */
export function courier(scene: Scene): void {
  eachPerson(scene, (user, country, rng, library) => {
    const beyond = country === 'DE' ? 'GB' : 'DE';
    everyDay(scene, 42, (day) => {
      if (new Date(day).getUTCDay() === 0) return;
      const start = day + 6 * hourMs + rng.below(hourMs);
      for (let leg = 0; leg < 4; leg++) {
        const at = scene.at(user, leg === 1 || leg === 2 ? beyond : country, 'car');
        const next = () => (rng.uniform() < 0.3 ? scene.hit(rng) : any(library, rng));
        stream(scene, at, rng, start + leg * 2.6 * hourMs, 2.4, next, 0.08);
      }
    });
  });
}

/** Three to eight tracks about every two hours, around the clock but for a little sleep. */
export function insomniac(scene: Scene): void {
  eachPerson(scene, (user, country, rng, library) => {
    everyDay(scene, 42, (day) => {
      const asleep = rng.below(20);
      for (let hour = 0; hour < 24; hour += 2) {
        if (hour >= asleep && hour < asleep + 4) continue;
        const at = scene.at(user, country, rng.uniform() < 0.7 ? 'phone' : 'speaker');
        const ms = day + hour * hourMs + rng.below(hourMs);
        stream(scene, at, rng, ms, 0.2 + 0.3 * rng.uniform(), () => any(library, rng), 0.1);
      }
    });
  });
}

function eachPerson(
  scene: Scene,
  live: (user: string, country: string, rng: Rng, library: readonly SeenTrack[]) => void,
): void {
  for (let i = 0; i < scene.accounts; i++) {
    const donor = scene.donor();
    live(scene.newcomer(donor.country), donor.country, scene.of(i), scene.libraryOf(donor));
  }
}

/** Calls for midnight of each of the last days. */
function everyDay(scene: Scene, days: number, live: (midnight: number, n: number) => void): void {
  for (let n = 0; n < days - 1; n++) live(scene.day(days - n), n);
}

/** Music without a pause for some hours, each track skipped with a chance. */
function stream(
  scene: Scene,
  at: Setting,
  rng: Rng,
  fromMs: number,
  forHours: number,
  next: () => SeenTrack,
  skips: number,
): void {
  for (let ms = fromMs; ms < fromMs + forHours * hourMs;) {
    const track = next();
    ms =
      rng.uniform() < skips
        ? scene.log.skip(at, track, ms, 2000 + rng.below(60_000))
        : scene.log.play(at, track, ms);
  }
}

function inTurn(tracks: readonly SeenTrack[]): () => SeenTrack {
  let i = 0;
  return () => tracks[i++ % tracks.length] as SeenTrack;
}

function any(tracks: readonly SeenTrack[], rng: Rng): SeenTrack {
  return tracks[rng.below(tracks.length)] as SeenTrack;
}
