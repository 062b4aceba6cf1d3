import { dayMs } from './config.ts';
import { genres, genreOfSubGenre } from './genres.ts';
import { ageBands, genders, type Listener } from './listeners.ts';
import type { Column } from './parquet-writer.ts';
import { listenerAt } from './people.ts';
import { countries, languages } from './places.ts';
import { cell } from './sampling.ts';
import type { World } from './world.ts';

const partRows = 200_000;

/**
 * Listeners as the service sees them, bots and planted ones among them: `[rows, columns]`; those who
 * joined from `fromMs` and before `toMs`.
 */
export function* listenerTable(
  world: World,
  fromMs: number,
  toMs: number,
): Generator<readonly [number, readonly Column[]]> {
  for (let from = 0; from < world.listenersTo; from += partRows) {
    const drawn = Math.min(partRows, world.listenersTo - from);
    const people = Array.from({ length: drawn }, (_, i) => listenerAt(world, from + i)).filter(
      ({ joinedMs }) => joinedMs >= fromMs && joinedMs < toMs,
    );
    const column = (
      name: string,
      type: Column['type'],
      value: (one: Listener) => number | string | boolean | null,
    ): Column => ({ name, type, values: people.map(value) });
    yield [
      people.length,
      [
        column('listener', 'INTEGER', (one) => one.index),
        column('country', 'VARCHAR', (one) => countries[one.country]?.code ?? null),
        column(
          'region',
          'VARCHAR',
          (one) => countries[one.country]?.regions[one.region]?.name ?? null,
        ),
        column(
          'language',
          'VARCHAR',
          (one) => languages[countries[one.country]?.language ?? 0] ?? null,
        ),
        column(
          'timezone',
          'VARCHAR',
          (one) => countries[one.country]?.regions[one.region]?.timezone ?? null,
        ),
        column('age_band', 'VARCHAR', (one) => ageBands[one.ageBand] ?? null),
        column('gender', 'VARCHAR', (one) => genders[one.gender] ?? null),
        column('genres', 'VARCHAR', (one) => statedGenres(world, one)),
        column('explicit_ok', 'BOOLEAN', (one) => one.explicitOk),
        column('personalise', 'BOOLEAN', (one) => one.personalise),
        column('household', 'INTEGER', (one) => one.household),
        column('joined', 'INTEGER', (one) => Math.floor(one.joinedMs / dayMs)),
      ],
    ];
  }
}

/** Genres that four listeners in ten stated when they joined: those of their tastes. */
function statedGenres(world: World, listener: Listener): string {
  if (cell(world.config.seed ^ 0x57a, listener.index, 0) % 10 >= 4) return '';
  const names = listener.tastes.map(
    ({ subGenre }) => genres[genreOfSubGenre[subGenre] ?? 0]?.name ?? '',
  );
  return [...new Set(names)].join('|');
}
