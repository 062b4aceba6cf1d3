import { type BronzeTable } from '../layout.ts';

/** What a column holds, whatever type a file gives it. */
export type ColumnKind =
  | 'id'
  | 'text'
  | 'time'
  | 'date'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'list';

export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
  /** A file without this column is no file of the format. */
  readonly required: boolean;
}

const columns = (required: readonly string[], kinds: Readonly<Record<string, ColumnKind>>) =>
  Object.entries(kinds).map(([name, kind]): Column => ({
    name,
    kind,
    required: required.includes(name),
  }));

/** The columns of each table of the generic input; formats map theirs onto these. */
export const tableColumns: Readonly<Record<BronzeTable, readonly Column[]>> = {
  events: columns(['user_id', 'track_id', 'ts'], {
    event_id: 'id',
    user_id: 'id',
    track_id: 'id',
    ts: 'time',
    kind: 'text',
    ms_played: 'integer',
    country: 'text',
    device: 'text',
    context: 'text',
    session_id: 'id',
    list_id: 'id',
    slot: 'integer',
    artist_id: 'id',
    count: 'integer',
  }),
  tracks: columns(['track_id'], {
    track_id: 'id',
    title: 'text',
    artist_id: 'id',
    artist: 'text',
    album_id: 'id',
    isrc: 'text',
    duration_ms: 'integer',
    released_on: 'date',
    genres: 'list',
    language: 'text',
    explicit: 'boolean',
    tempo: 'number',
    key: 'integer',
    energy: 'number',
    audio_path: 'text',
    markets: 'list',
    available_from: 'time',
    available_until: 'time',
  }),
  listeners: columns(['user_id'], {
    user_id: 'id',
    country: 'text',
    region: 'text',
    language: 'text',
    timezone: 'text',
    age_band: 'text',
    gender: 'text',
    genres: 'list',
    explicit_ok: 'boolean',
    personalise: 'boolean',
    household_id: 'id',
    joined_on: 'date',
  }),
  playlists: columns(['playlist_id', 'track_id'], {
    playlist_id: 'id',
    track_id: 'id',
    position: 'integer',
    kind: 'text',
    owner_id: 'id',
    added_at: 'time',
  }),
  blocks: columns(['user_id'], { user_id: 'id', track_id: 'id', artist_id: 'id' }),
};

/** Kinds of event, and those that need no track. */
export const eventKinds = [
  'play',
  'skip',
  'save',
  'unsave',
  'playlist_add',
  'playlist_remove',
  'dislike',
  'impression',
  'banner_view',
  'banner_click',
] as const;
export const tracklessKinds = ['banner_view', 'banner_click'] as const;

/** SQL types of the kinds in bronze. */
export const bronzeTypes: Readonly<Record<ColumnKind, string>> = {
  id: 'VARCHAR',
  text: 'VARCHAR',
  time: 'TIMESTAMP',
  date: 'DATE',
  integer: 'BIGINT',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  list: 'VARCHAR[]',
};
