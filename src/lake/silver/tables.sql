-- name: library
SELECT DISTINCT e.user_id, e.track_id, e.ts, e.kind, b.user_no IS NOT NULL AS is_bot
FROM unique_events AS e
JOIN tracks AS t ON e.track_id = t.track_id
JOIN users AS u ON e.user_id = u.user_id
LEFT JOIN bot_days AS b ON u.user_no = b.user_no
  AND b.day_no = CAST(floor(micros_of(e.ts) / 86400000000) AS INTEGER)
WHERE e.kind IN ('save', 'unsave', 'playlist_add', 'playlist_remove', 'dislike')
ORDER BY e.user_id, e.ts, e.track_id, e.kind

-- name: impressions
SELECT DISTINCT e.user_id, e.track_id, e.ts, e.list_id, e.slot, e.context
FROM unique_events AS e JOIN tracks AS t ON e.track_id = t.track_id
WHERE e.kind = 'impression'

-- name: banners
SELECT DISTINCT user_id, ts, kind, list_id FROM unique_events
WHERE kind IN ('banner_view', 'banner_click') ORDER BY user_id, ts, kind, list_id NULLS LAST

-- name: playlist_tracks
SELECT playlist_id, track_id, position, kind, owner_id, added_at FROM (
  SELECT p.playlist_id, p.track_id, p.position, coalesce(lower(p.kind), 'user') AS kind,
    p.owner_id, p.added_at, row_number() OVER (
      PARTITION BY p.playlist_id, p.position
      ORDER BY i.ingest_no DESC, p.source_file DESC, p.source_row DESC) AS age
  FROM (
    SELECT playlist_id, track_id, kind, owner_id, added_at, ingest_id, source_file, source_row,
      coalesce(position, row_number() OVER (
        PARTITION BY playlist_id, ingest_id ORDER BY source_file, source_row)) AS position
    FROM bronze_playlists) AS p
  JOIN ingests AS i ON p.ingest_id = i.ingest_id
  SEMI JOIN tracks AS t ON p.track_id = t.track_id) AS versions
WHERE age = 1 ORDER BY playlist_id, position

-- name: tracks_table
SELECT track_id, title, artist_id, artist, album_id, isrc, duration_ms, released_on, genres, language,
  explicit, tempo, key, energy, audio_path, markets, available_from, available_until, recording_id,
  first_event, derived
FROM tracks ORDER BY track_id

-- name: listeners
SELECT u.user_id, l.country, l.region, l.language, l.timezone, l.age_band, l.gender, l.genres,
  coalesce(l.explicit_ok, TRUE) AS explicit_ok, coalesce(l.personalise, TRUE) AS personalise,
  l.household_id, l.joined_on, u.bucket, l.user_id IS NULL AS derived
FROM users AS u LEFT JOIN (
  SELECT * FROM (
    SELECT b.*, row_number() OVER (PARTITION BY b.user_id
      ORDER BY i.ingest_no DESC, b.source_file DESC, b.source_row DESC) AS age
    FROM bronze_listeners AS b JOIN ingests AS i ON b.ingest_id = i.ingest_id) AS versions
  WHERE age = 1) AS l ON u.user_id = l.user_id
ORDER BY u.user_no

-- name: blocks
SELECT DISTINCT user_id, track_id, artist_id FROM bronze_blocks
ORDER BY user_id, track_id NULLS LAST, artist_id NULLS LAST

-- name: unknown_tracks
SELECT e.track_id FROM event_tracks AS e ANTI JOIN tracks AS t ON e.track_id = t.track_id

-- name: quarantine
SELECT 'events' AS table_name, e.source_file, e.source_row,
  CASE WHEN e.ms_played < 0 THEN 'ms_played is negative' ELSE 'ms_played is longer than a day' END
    AS reason, CAST(to_json(e) AS VARCHAR) AS raw
FROM bronze_events AS e WHERE e.ms_played NOT BETWEEN 0 AND 86400000
UNION ALL
SELECT 'events', e.source_file, e.source_row, 'track is not in the catalogue',
  CAST(to_json(e) AS VARCHAR)
FROM unique_events AS e SEMI JOIN unknown_tracks AS t ON e.track_id = t.track_id
UNION ALL
SELECT 'playlists', p.source_file, p.source_row, 'track is not in the catalogue',
  CAST(to_json(p) AS VARCHAR)
FROM bronze_playlists AS p ANTI JOIN tracks AS t ON p.track_id = t.track_id
UNION ALL
SELECT table_name, source_file, source_row, reason, raw FROM bronze_quarantine
ORDER BY table_name, source_file, source_row, reason
