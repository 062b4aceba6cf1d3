-- name: standing_events
-- Events that no later ingest took the place of.
SELECT e.* FROM (
  SELECT r.*, i.ingest_no AS arrived FROM received_events AS r JOIN ingests AS i
  ON r.ingest_id = i.ingest_id) AS e
ANTI JOIN replaced AS p
ON e.arrived < p.ingest_no AND micros_of(e.ts) >= p.from_us AND micros_of(e.ts) < p.to_us

-- name: valid_events
-- Events that refine does not refuse for their own sake.
SELECT e.*, i.ingest_no, i.derives
FROM bronze_events AS e JOIN ingests AS i ON e.ingest_id = i.ingest_id
WHERE coalesce(e.ms_played, 0) BETWEEN 0 AND 86400000

-- name: repeated_ids
-- A part of the ids at a time: an engine that groups too many at once has to hold them all.
SELECT event_id FROM valid_events WHERE event_id IS NOT NULL AND spread_of(event_id, $parts) = $part
GROUP BY event_id HAVING count(*) > 1

-- name: repeated_rows
-- All but the first arrival of an event id.
SELECT ingest_id, source_file, source_row FROM (
  SELECT e.ingest_id, e.source_file, e.source_row, row_number() OVER (
    PARTITION BY e.event_id ORDER BY e.ingest_no, e.source_file, e.source_row) AS copy
  FROM valid_events AS e SEMI JOIN repeated_ids AS r ON e.event_id = r.event_id) AS copies
WHERE copy > 1

-- name: unique_events
SELECT e.* FROM valid_events AS e ANTI JOIN repeated_rows AS r
ON e.ingest_id = r.ingest_id AND e.source_file = r.source_file AND e.source_row = r.source_row

-- name: event_tracks
SELECT track_id, min(ts) AS first_event, min(artist_id) AS artist_id,
  max(CASE WHEN derives THEN 1 ELSE 0 END) AS derives
FROM valid_events WHERE track_id IS NOT NULL GROUP BY track_id

-- name: catalogue
-- The newest row of each track; tracks that only events name, where their format has no catalogue.
WITH listed AS (
  SELECT * FROM (
    SELECT t.*, row_number() OVER (
      PARTITION BY t.track_id ORDER BY i.ingest_no DESC, t.source_file DESC, t.source_row DESC) AS age
    FROM bronze_tracks AS t JOIN ingests AS i ON t.ingest_id = i.ingest_id) AS versions
  WHERE age = 1),
merged AS (
  SELECT coalesce(l.track_id, e.track_id) AS track_id, l.title,
    coalesce(l.artist_id, e.artist_id) AS artist_id, l.artist, l.album_id,
    nullif(upper(replace_all(l.isrc, '[^A-Za-z0-9]', '')), '') AS isrc,
    CASE WHEN l.duration_ms BETWEEN 1 AND 86400000 THEN l.duration_ms END AS duration_ms,
    l.released_on, l.genres, l.language, l.explicit,
    CASE WHEN l.tempo BETWEEN 20 AND 400 THEN l.tempo END AS tempo,
    CASE WHEN l.key BETWEEN 0 AND 11 THEN l.key END AS key,
    CASE WHEN l.energy BETWEEN 0 AND 1 THEN l.energy END AS energy,
    l.audio_path, l.markets, l.available_from, l.available_until, e.first_event,
    l.track_id IS NULL AS derived
  FROM listed AS l FULL JOIN event_tracks AS e ON l.track_id = e.track_id
  WHERE l.track_id IS NOT NULL OR e.derives = 1 OR $derive_all)
SELECT track_id, title,
  coalesce(artist_id, 'artist:' || nullif(lower(trim(artist)), ''), 'unknown:' || track_id) AS artist_id,
  artist, album_id, isrc, duration_ms, released_on, genres, language, explicit, tempo, key, energy,
  audio_path, markets, available_from, available_until, first_event, derived
FROM merged

-- name: recording_keys
-- What two releases of one recording share: the ISRC, or title, artist and length within 2 s.
WITH named AS (
  SELECT track_id, CASE WHEN length(isrc) >= 6 THEN isrc END AS isrc, duration_ms,
    coalesce(nullif(lower(trim(artist)), ''), artist_id) AS artist_key,
    nullif(trim(replace_all(replace_all(replace_all(replace_all(lower(title),
      '[(\[][^)\]]*\b(remaster(ed)?|live|feat|ft|featuring|with|mono|stereo|deluxe|bonus|anniversary|explicit|clean|(album|single|original|radio) (version|edit|mix)|radio)\b[^)\]]*[)\]]', ' '),
      '\s+-\s+[^-]*\b(remaster(ed)?|live|mono|stereo|deluxe|bonus|anniversary|explicit|clean|(album|single|original|radio) (version|edit|mix)|radio edit)\b.*$', ' '),
      '\s(feat|ft|featuring)\b.*$', ' '),
      '[^\pL\pN]+', ' ')), '') AS title_key
  FROM catalogue),
gaps AS (
  SELECT *, CASE WHEN duration_ms - lag(duration_ms) OVER lengths <= 2000
      OR duration_ms IS NULL AND row_number() OVER lengths > 1
        AND lag(duration_ms) OVER lengths IS NULL
    THEN 0 ELSE 1 END AS starts
  FROM named
  WINDOW lengths AS (PARTITION BY title_key, artist_key ORDER BY duration_ms NULLS LAST, track_id))
SELECT track_id, isrc, title_key, artist_key, CAST(sum(starts) OVER (
  PARTITION BY title_key, artist_key ORDER BY duration_ms NULLS LAST, track_id
  ROWS UNBOUNDED PRECEDING) AS BIGINT) AS length_class, track_id AS recording_id
FROM gaps

-- name: recordings
-- One round: the smallest label among those with the same ISRC or the same title key.
SELECT track_id, isrc, title_key, artist_key, length_class,
  least(by_isrc, min(by_isrc) OVER (PARTITION BY title_key, artist_key, length_class,
    CASE WHEN title_key IS NULL THEN track_id END)) AS recording_id
FROM (SELECT *, min(recording_id) OVER (PARTITION BY isrc,
    CASE WHEN isrc IS NULL THEN track_id END) AS by_isrc FROM recordings) AS labelled

-- name: recordings_changed
SELECT count(*) AS n FROM recordings AS a JOIN recordings_next AS b ON a.track_id = b.track_id
WHERE a.recording_id <> b.recording_id

-- name: tracks
SELECT c.*, r.recording_id,
  CAST(row_number() OVER (ORDER BY c.track_id) AS INTEGER) AS track_no
FROM catalogue AS c JOIN recordings AS r ON c.track_id = r.track_id

-- name: users
SELECT user_id, bucket, CAST(row_number() OVER (ORDER BY bucket, user_id) AS INTEGER) AS user_no
FROM (SELECT user_id, bucket_of(user_id, $buckets) AS bucket FROM (
  SELECT user_id FROM bronze_events UNION SELECT user_id FROM bronze_listeners) AS seen) AS placed
