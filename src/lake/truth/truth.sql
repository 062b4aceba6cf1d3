-- name: users
SELECT l.user_id, l.bucket, CAST(row_number() OVER (ORDER BY l.bucket, l.user_id) AS INTEGER) AS user_no,
  p.listener
FROM silver_listeners AS l LEFT JOIN (
  SELECT user_id, row_number() OVER (PARTITION BY bucket ORDER BY user_id) - 1 AS listener
  FROM gold_listener_profile) AS p ON l.user_id = p.user_id

-- name: tracks
SELECT t.track_id, t.row_no, dense_rank() OVER (ORDER BY t.recording_id) AS recording_no, t.artist_id,
  c.row_index
FROM (SELECT track_id, recording_id, artist_id, row_number() OVER (ORDER BY track_id) AS row_no
  FROM silver_tracks) AS t
LEFT JOIN (SELECT track_id, row_number() OVER (ORDER BY track_id) - 1 AS row_index
  FROM gold_track_stats) AS c ON t.track_id = c.track_id

-- name: window_plays
-- What was played in [from, to), by people.
SELECT u.user_no, t.recording_no, t.artist_id, t.row_no, t.row_index, micros_of(p.ts) AS ts, p.is_positive
FROM silver_plays AS p
JOIN users AS u ON p.user_id = u.user_id
JOIN tracks AS t ON p.track_id = t.track_id
WHERE p.ts >= time_of_micros($from) AND p.ts < time_of_micros($to)
  AND NOT p.is_bot AND NOT p.is_off_taste

-- name: history
-- What a listener of the window knew before it: gold's history, and silver between gold and `from`.
SELECT DISTINCT u.user_no, t.recording_no, t.artist_id FROM (
  SELECT user_id, track_id FROM gold_listener_tracks
  UNION ALL SELECT user_id, track_id FROM silver_plays
  WHERE ts >= time_of_micros($as_of) AND ts < time_of_micros($from)
  UNION ALL SELECT user_id, track_id FROM silver_library
  WHERE ts >= time_of_micros($as_of) AND ts < time_of_micros($from)) AS h
JOIN users AS u ON h.user_id = u.user_id
JOIN tracks AS t ON h.track_id = t.track_id
SEMI JOIN (SELECT DISTINCT user_no FROM window_plays) AS w ON u.user_no = w.user_no

-- name: known
SELECT DISTINCT user_no, recording_no FROM history

-- name: known_artists
SELECT DISTINCT user_no, artist_id FROM history

-- name: saved
SELECT DISTINCT u.user_no, t.recording_no
FROM silver_library AS l
JOIN users AS u ON l.user_id = u.user_id
JOIN tracks AS t ON l.track_id = t.track_id
WHERE l.kind IN ('save', 'playlist_add') AND NOT l.is_bot
  AND l.ts >= time_of_micros($from) AND l.ts < time_of_micros($to)

-- name: truth
-- One row per listener and recording: the first play of the window.
SELECT f.user_no, f.row_no, f.row_index, f.ts, f.positive,
  CASE WHEN s.user_no IS NULL THEN 0 ELSE 1 END AS saved,
  CASE WHEN a.user_no IS NULL THEN 1 ELSE 0 END AS new_artist
FROM (
  SELECT *, row_number() OVER (PARTITION BY user_no, recording_no ORDER BY ts, row_no) AS place,
    max(CASE WHEN is_positive THEN 1 ELSE 0 END) OVER (PARTITION BY user_no, recording_no) AS positive
  FROM window_plays) AS f
LEFT JOIN saved AS s ON f.user_no = s.user_no AND f.recording_no = s.recording_no
LEFT JOIN known_artists AS a ON f.user_no = a.user_no AND f.artist_id = a.artist_id
ANTI JOIN known AS k ON f.user_no = k.user_no AND f.recording_no = k.recording_no
WHERE f.place = 1

-- name: truth_listeners
SELECT u.user_id, CAST(u.bucket AS UINTEGER) AS bucket, u32(coalesce(u.listener, 4294967295)) AS listener,
  CAST(count(*) AS UINTEGER) AS tracks
FROM truth AS t JOIN users AS u ON t.user_no = u.user_no
GROUP BY u.user_no, u.user_id, u.bucket, u.listener ORDER BY u.user_no

-- name: truth_rows
SELECT u32(coalesce(row_index, 4294967295)) AS track, CAST(positive AS UTINYINT) AS positive,
  CAST(saved AS UTINYINT) AS saved, CAST(new_artist AS UTINYINT) AS new_artist,
  u32(CAST(floor(ts / 1000000) AS BIGINT)) AS ts
FROM truth ORDER BY user_no, ts, row_no

-- name: newest
SELECT CAST(max(ts) AS BIGINT) AS us FROM (
  SELECT max(ts) AS ts FROM window_plays UNION ALL SELECT micros_of(max(ts)) FROM silver_impressions
  WHERE ts >= time_of_micros($from) AND ts < time_of_micros($to)
  UNION ALL SELECT micros_of(max(ts)) FROM silver_library
  WHERE ts >= time_of_micros($from) AND ts < time_of_micros($to)) AS newest

-- name: shown
-- Where a list showed a track in the window, at its best place; 1 is the first.
SELECT u.user_no, u.user_id, t.row_index AS track, min(i.slot) + 1 AS slot
FROM silver_impressions AS i
JOIN users AS u ON i.user_id = u.user_id
JOIN tracks AS t ON i.track_id = t.track_id
WHERE i.ts >= time_of_micros($from) AND i.ts < time_of_micros($to)
  AND i.slot IS NOT NULL AND t.row_index IS NOT NULL
GROUP BY u.user_no, u.user_id, t.row_index

-- name: shown_listeners
SELECT user_id, CAST(count(*) AS UINTEGER) AS tracks FROM shown
GROUP BY user_no, user_id ORDER BY user_no

-- name: shown_rows
SELECT u32(track) AS track, u16(slot) AS slot FROM shown ORDER BY user_no, track
