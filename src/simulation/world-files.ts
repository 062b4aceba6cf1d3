import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Diary, Rows } from './diary.ts';
import { ParquetWriter, type Column } from './parquet-writer.ts';
import type { World } from './world.ts';

const names = [
  'events',
  'tracks',
  'listeners',
  'playlists',
  'known',
  'off_taste',
  'delivered',
] as const;
/** Tables of a world's folder. */
export type WorldTable = (typeof names)[number];

const folders: Readonly<Record<WorldTable, string>> = {
  events: 'events',
  tracks: 'tracks',
  listeners: 'listeners',
  playlists: 'playlists',
  known: 'truth/known',
  off_taste: 'truth/off-taste',
  delivered: 'delivered',
};

/** Writes the tables of a world as numbered parts: `events/part-0000.parquet`, ... */
export class WorldFiles {
  private readonly folder: string;
  private readonly writer: ParquetWriter;
  private readonly selects: ReadonlyMap<string, string>;
  private readonly parts = new Map<WorldTable, number>();

  private constructor(folder: string, writer: ParquetWriter) {
    this.folder = folder;
    this.writer = writer;
    const text = readFileSync(new URL('tables.sql', import.meta.url), 'utf8');
    this.selects = new Map(
      text
        .split(/^-- name: /m)
        .slice(1)
        .map((part) => {
          const end = part.indexOf('\n');
          return [part.slice(0, end).trim(), part.slice(end)];
        }),
    );
  }

  static async open(folder: string, world: World): Promise<WorldFiles> {
    return new WorldFiles(folder, await ParquetWriter.open({ planted_from: world.plantedFrom }));
  }

  /** Folders that must exist before the first part. */
  static folders(tables: readonly WorldTable[]): readonly string[] {
    return tables.map((table) => folders[table]);
  }

  /** Writes the next part of a table; nothing for no rows. The columns may be reused afterwards. */
  async write(table: WorldTable, rows: number, columns: readonly Column[]): Promise<void> {
    if (rows === 0) return;
    const part = this.parts.get(table) ?? 0;
    this.parts.set(table, part + 1);
    const name = `part-${String(part).padStart(4, '0')}.parquet`;
    const select = this.selects.get(table) ?? '';
    await this.writer.write(join(this.folder, folders[table], name), rows, columns, select);
  }

  /** Writes all that the diary holds and clears it. */
  async writeDiary(diary: Diary): Promise<void> {
    const { events } = diary;
    await this.write('events', events.length, [
      { name: 'listener', type: 'INTEGER', values: events.listener },
      { name: 'track', type: 'INTEGER', values: events.track },
      { name: 'ts', type: 'DOUBLE', values: events.ts },
      { name: 'kind', type: 'TINYINT', values: events.kind },
      { name: 'ms_played', type: 'INTEGER', values: events.msPlayed },
      { name: 'country', type: 'TINYINT', values: events.country },
      { name: 'device', type: 'TINYINT', values: events.device },
      { name: 'context', type: 'TINYINT', values: events.context },
      { name: 'session', type: 'INTEGER', values: events.session },
      { name: 'list', type: 'SMALLINT', values: events.list },
      { name: 'slot', type: 'TINYINT', values: events.slot },
    ]);
    events.clear();
    await this.writeRows('playlists', diary.playlists, { added: 'DOUBLE' });
    await this.writeRows('known', diary.known);
    await this.writeRows('off_taste', diary.offTasteSessions);
    await this.writeRows('delivered', diary.delivered);
  }

  private async writeRows(
    table: WorldTable,
    rows: Rows<string>,
    types: Readonly<Record<string, Column['type']>> = {},
  ): Promise<void> {
    const columns = Object.entries(rows.columns).map(([name, values]): Column => ({
      name,
      type: types[name] ?? 'INTEGER',
      values,
    }));
    await this.write(table, rows.length, columns);
    rows.clear();
  }

  close(): Promise<void> {
    return this.writer.close();
  }
}
