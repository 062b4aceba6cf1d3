-- name: recordings
SELECT track_id, recording_id FROM silver_tracks

-- name: taken_up
-- What each person took up before the end, newest first: recordings by their first play of any kind.
SELECT user_id, recording_id, first_track,
  row_number() OVER (PARTITION BY user_id ORDER BY first_ts DESC, recording_id DESC) AS place,
  count(*) OVER (PARTITION BY user_id) AS recordings
FROM (
  SELECT p.user_id, r.recording_id, min(p.ts) AS first_ts, min(p.track_id) AS first_track
  FROM silver_plays AS p JOIN recordings AS r ON p.track_id = r.track_id
  WHERE p.ts < time_of_micros($to)
  GROUP BY p.user_id, r.recording_id
  HAVING max(CASE WHEN p.is_positive AND NOT p.is_bot AND NOT p.is_off_taste THEN 1 ELSE 0 END) = 1) AS t

-- name: held_out
SELECT user_id, recording_id, first_track, place FROM taken_up
WHERE place <= $places AND recordings >= $least

-- name: held_tracks
SELECT h.user_id, r.track_id FROM held_out AS h JOIN recordings AS r ON h.recording_id = r.recording_id

-- name: judged
SELECT user_id, first_track FROM held_out WHERE place = $places ORDER BY user_id

-- name: all_events
SELECT e.*, t.artist_id, row_number() OVER (ORDER BY e.user_id, e.ts, e.track_id, e.kind, e.list_id,
  e.slot, e.context, e.ms_played, e.session_id, e.device, e.country) AS event_id
FROM (
  SELECT user_id, track_id, ts, kind, ms_played, country, device, context, session_id, list_id, slot
  FROM silver_plays
  UNION ALL SELECT user_id, track_id, ts, kind, NULL, NULL, NULL, NULL, NULL, NULL, NULL
  FROM silver_library
  UNION ALL SELECT user_id, track_id, ts, 'impression', NULL, NULL, NULL, context, NULL, list_id, slot
  FROM silver_impressions) AS e
JOIN silver_tracks AS t ON e.track_id = t.track_id
ANTI JOIN held_tracks AS h ON e.user_id = h.user_id AND e.track_id = h.track_id
WHERE e.ts < time_of_micros($to)

-- name: events
SELECT * FROM all_events ORDER BY event_id

-- name: newest
SELECT CAST(max(micros_of(ts)) AS BIGINT) AS us FROM all_events

-- name: tracks
-- Tracks that only a held-out play made known are not known.
SELECT t.track_id, title, t.artist_id, artist, album_id, isrc, duration_ms, released_on, genres, language,
  explicit, tempo, key, energy, audio_path, markets, available_from, available_until
FROM silver_tracks AS t LEFT JOIN (SELECT DISTINCT track_id FROM all_events) AS e ON t.track_id = e.track_id
WHERE NOT t.derived OR e.track_id IS NOT NULL
ORDER BY t.track_id

-- name: given_tracks
SELECT count(*) AS given FROM silver_tracks WHERE NOT derived

-- name: listeners
SELECT user_id, country, region, language, timezone, age_band, gender, genres, explicit_ok, personalise,
  household_id, joined_on
FROM silver_listeners WHERE NOT derived ORDER BY user_id

-- name: playlists
SELECT p.playlist_id, p.track_id, p.position, p.kind, p.owner_id, p.added_at
FROM silver_playlist_tracks AS p
ANTI JOIN held_tracks AS h ON p.owner_id = h.user_id AND p.track_id = h.track_id
ORDER BY p.playlist_id, p.position

-- name: blocks
SELECT user_id, track_id, artist_id FROM silver_blocks ORDER BY user_id, track_id, artist_id
