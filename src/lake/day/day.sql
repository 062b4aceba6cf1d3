-- name: base_catalogue
-- What a play's meaning needs of the tracks the base knows, of those that the day names.
SELECT b.track_id, b.artist_id, b.duration_ms FROM silver_tracks AS b
SEMI JOIN (SELECT track_id FROM new_events UNION ALL SELECT track_id FROM new_tracks) AS n
ON b.track_id = n.track_id

-- name: listed_tracks
-- The base's rows stand as an ingest before all others.
SELECT track_id, title, artist_id, artist, album_id, isrc, duration_ms, released_on, genres, language,
  explicit, tempo, key, energy, audio_path, markets, available_from, available_until,
  ingest_id, source_file, source_row
FROM new_tracks
UNION ALL
SELECT track_id, NULL, artist_id, NULL, NULL, NULL, duration_ms, NULL, NULL, NULL,
  NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'base', '', 0
FROM base_catalogue

-- name: day_ingests
SELECT ingest_id, ingest_no, derives FROM ingests
UNION ALL SELECT 'base', -1, FALSE

-- name: no_ids
SELECT '' AS event_id WHERE FALSE

-- name: new_events
-- Valid events that arrived for the first time, later than all that was counted before.
SELECT e.* FROM unique_events AS e ANTI JOIN earlier_ids AS i ON e.event_id = i.event_id
WHERE micros_of(e.ts) > $after

-- name: arrivals
SELECT count(*) AS events, count_if(i.event_id IS NOT NULL) AS repeated,
  count_if(i.event_id IS NULL AND micros_of(e.ts) <= $after) AS late
FROM unique_events AS e LEFT JOIN earlier_ids AS i ON e.event_id = i.event_id

-- name: event_ids
SELECT event_id FROM new_events WHERE event_id IS NOT NULL ORDER BY event_id

-- name: recordings
-- Releases are told apart by the next refine.
SELECT track_id, track_id AS recording_id FROM catalogue

-- name: tracks
SELECT t.track_id, t.title, t.artist_id, t.artist, t.album_id, t.isrc, t.duration_ms, t.released_on,
  t.genres, t.language, t.explicit, t.tempo, t.key, t.energy, t.audio_path, t.markets,
  t.available_from, t.available_until, t.first_event, t.derived
FROM tracks AS t ANTI JOIN base_catalogue AS b ON t.track_id = b.track_id ORDER BY t.track_id

-- name: responses
SELECT user_id, session_id, track_id, ts, weight, liked FROM named_responses
ORDER BY user_no, ts, track_no, weight, session_id

-- name: track_stats
-- As gold counts: positive plays and their listeners, skips, and what was put on the shelf.
SELECT t.track_id, s.plays, s.listeners, s.skips, s.saves FROM (
  SELECT track_no, CAST(sum(plays) AS BIGINT) AS plays, count(DISTINCT listener) AS listeners,
    CAST(sum(skips) AS BIGINT) AS skips, CAST(sum(saves) AS BIGINT) AS saves
  FROM (
    SELECT track_no, CASE WHEN liked THEN user_no END AS listener,
      CASE WHEN liked THEN count ELSE 0 END AS plays, CASE WHEN is_skip THEN count ELSE 0 END AS skips,
      0 AS saves
    FROM plays WHERE human
    UNION ALL
    SELECT track_no, NULL, 0, 0, 1 FROM library WHERE kind IN ('save', 'playlist_add')) AS events
  GROUP BY track_no) AS s
JOIN tracks AS t ON s.track_no = t.track_no
ORDER BY t.track_id

-- name: counts
SELECT (SELECT count(*) FROM new_events) AS new_events,
  (SELECT CAST(floor(max(micros_of(ts)) / 1000) AS BIGINT) FROM new_events) AS newest_ms,
  (SELECT count(DISTINCT user_id) FROM new_events) AS listeners,
  (SELECT count(*) FROM new_events AS e SEMI JOIN unknown_tracks AS t ON e.track_id = t.track_id)
    AS unknown,
  (SELECT count(*) FROM bronze_events WHERE ms_played NOT BETWEEN 0 AND 86400000) AS unusable

-- name: responses_digest
SELECT count(*) AS row_count, CAST(coalesce(sum(row_digest(concat_ws('|', user_id,
  coalesce(session_id, ''), track_id, micros_of(ts), weight, liked))), 0) AS VARCHAR) AS digest_sum
FROM named_responses

-- name: track_stats_digest
SELECT count(*) AS row_count, CAST(coalesce(sum(row_digest(concat_ws('|', track_id, plays, listeners,
  skips, saves))), 0) AS VARCHAR) AS digest_sum FROM track_stats

-- name: new_ids_digest
SELECT count(*) AS row_count, CAST(coalesce(sum(row_digest(event_id)), 0) AS VARCHAR) AS digest_sum
FROM new_ids

-- name: day_tracks_digest
SELECT count(*) AS row_count, CAST(coalesce(sum(row_digest(concat_ws('|', track_id,
  coalesce(title, ''), artist_id, coalesce(artist, ''), coalesce(isrc, ''),
  coalesce(duration_ms, -1), derived))), 0) AS VARCHAR) AS digest_sum FROM day_tracks

-- name: sequence_tracks
SELECT track_id, row_number() OVER (ORDER BY track_id) - 1 AS track_no
FROM (SELECT DISTINCT track_id FROM responses WHERE liked) AS played

-- name: sequence_numbers
SELECT user_id, session_id, row_number() OVER (ORDER BY user_id, begins, session_id) - 1 AS session_no
FROM (
  SELECT user_id, session_id, min(ts) AS begins FROM responses WHERE liked
  GROUP BY user_id, session_id) AS begun

-- name: sequence_ids
SELECT track_id FROM sequence_tracks ORDER BY track_no

-- name: sequence_plays
SELECT CAST(n.session_no AS UINTEGER) AS owner, CAST(t.track_no AS UINTEGER) AS track
FROM responses AS r
JOIN sequence_numbers AS n ON r.user_id = n.user_id AND r.session_id = n.session_id
JOIN sequence_tracks AS t ON r.track_id = t.track_id
WHERE r.liked ORDER BY owner, r.ts, track
