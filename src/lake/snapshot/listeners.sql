-- name: profiles
SELECT p.*, row_number() OVER (PARTITION BY p.bucket ORDER BY p.user_id) - 1 AS listener
FROM gold_listener_profile AS p

-- name: listener_columns
SELECT p.user_id, CAST(coalesce(c.place, 0) AS USMALLINT) AS country,
  CAST(coalesce(l.place, 0) AS USMALLINT) AS language,
  CAST(CASE WHEN age < 18 THEN 1 WHEN age < 25 THEN 2 WHEN age < 35 THEN 3 WHEN age < 45 THEN 4
    WHEN age < 55 THEN 5 WHEN age < 65 THEN 6 WHEN age >= 65 THEN 7 ELSE 0 END AS UTINYINT) AS age,
  CAST(CASE WHEN lower(p.gender) IN ('f', 'female', 'woman') THEN 1
    WHEN lower(p.gender) IN ('m', 'male', 'man') THEN 2
    WHEN p.gender IS NULL THEN 0 ELSE 3 END AS UTINYINT) AS gender,
  CAST(CASE WHEN p.explicit_ok THEN 1 ELSE 0 END + CASE WHEN p.personalise THEN 2 ELSE 0 END
    + p.active * 4 + CASE WHEN p.events >= $min_plays THEN 8 ELSE 0 END AS UTINYINT) AS flags,
  u32(p.events) AS events
FROM (SELECT *, TRY_CAST(regexp_extract(age_band, '[0-9]+') AS INTEGER) AS age FROM profiles
  WHERE bucket = $bucket) AS p
LEFT JOIN countries AS c ON p.country = c.name
LEFT JOIN languages AS l ON p.language = l.name
ORDER BY p.listener

-- name: known_tracks
SELECT p.listener, c.row_index AS track, c.recording_index AS recording,
  CAST(floor(micros_of(coalesce(t.last_positive_ts, t.last_ts)) / 1000000) AS BIGINT) AS last_s,
  t.positives, t.positives_28d, t.positives_7d, t.skips, t.saved, t.disliked, t.weight
FROM $bucket_tracks AS t
JOIN (SELECT user_id, listener FROM profiles WHERE bucket = $bucket) AS p ON t.user_id = p.user_id
JOIN (SELECT track_id, row_index, recording_index FROM catalogue) AS c ON t.track_id = c.track_id

-- name: history
SELECT CAST(listener AS UINTEGER) AS owner, CAST(track AS UINTEGER) AS track, u32(last_s) AS last,
  u16(positives) AS positives, u16(positives_28d) AS positives28, u16(positives_7d) AS positives7,
  u16(skips) AS skips, CAST(saved AS UTINYINT) AS saved,
  CAST(least(greatest(weight, -2147483648), 2147483647) AS INTEGER) AS weight
FROM (SELECT *, row_number() OVER (PARTITION BY listener ORDER BY last_s DESC, track) AS place
  FROM $known_tracks) AS placed
WHERE place <= $history_tracks ORDER BY listener, place

-- name: heard
SELECT DISTINCT CAST(listener AS UINTEGER) AS owner, CAST(recording AS UINTEGER) AS value
FROM $known_tracks ORDER BY owner, value

-- name: blocked_tracks
SELECT CAST(listener AS UINTEGER) AS owner, CAST(track AS UINTEGER) AS value FROM (
  SELECT listener, track FROM $known_tracks WHERE disliked = 1
  UNION SELECT p.listener, c.row_index FROM gold_blocks AS b
  JOIN profiles AS p ON b.user_id = p.user_id JOIN catalogue AS c ON b.track_id = c.track_id
  WHERE p.bucket = $bucket) AS blocked
ORDER BY owner, value

-- name: blocked_artists
SELECT DISTINCT CAST(p.listener AS UINTEGER) AS owner, CAST(a.artist_index AS UINTEGER) AS value
FROM gold_blocks AS b JOIN profiles AS p ON b.user_id = p.user_id
JOIN artists AS a ON b.artist_id = a.artist_id
WHERE p.bucket = $bucket ORDER BY owner, value

-- name: session_numbers
-- Sessions of a bucket by listener, then by their first play.
SELECT listener, session_id, row_number() OVER (ORDER BY listener, begins, session_id) - 1 AS session_no
FROM (
  SELECT p.listener, s.session_id, min(s.ts) AS begins
  FROM $bucket_responses AS s
  JOIN (SELECT user_id, listener FROM profiles WHERE bucket = $bucket) AS p ON s.user_id = p.user_id
  WHERE s.liked
  GROUP BY p.listener, s.session_id) AS begun

-- name: session_listeners
SELECT CAST(listener AS UINTEGER) AS listener FROM $session_numbers ORDER BY session_no

-- name: session_tracks
SELECT CAST(n.session_no AS UINTEGER) AS owner, CAST(c.row_index AS UINTEGER) AS track,
  seconds_u32(s.ts, 0) AS ts
FROM $bucket_responses AS s
JOIN (SELECT user_id, listener FROM profiles WHERE bucket = $bucket) AS p ON s.user_id = p.user_id
JOIN $session_numbers AS n ON p.listener = n.listener AND s.session_id = n.session_id
JOIN (SELECT track_id, row_index FROM catalogue) AS c ON s.track_id = c.track_id
WHERE s.liked
ORDER BY owner, ts, track

-- name: responses
SELECT CAST(p.listener AS UINTEGER) AS owner, CAST(c.row_index AS UINTEGER) AS track,
  seconds_u32(r.ts, 0) AS ts, CAST(r.weight AS SMALLINT) AS weight
FROM $bucket_responses AS r
JOIN (SELECT user_id, listener FROM profiles WHERE bucket = $bucket) AS p ON r.user_id = p.user_id
JOIN (SELECT track_id, row_index FROM catalogue) AS c ON r.track_id = c.track_id
ORDER BY owner, ts, track, weight

-- name: playlist_numbers
SELECT playlist_id, row_number() OVER (ORDER BY playlist_id) - 1 AS playlist_no
FROM (SELECT DISTINCT playlist_id FROM gold_playlists) AS named

-- name: playlist_tracks
SELECT CAST(n.playlist_no AS UINTEGER) AS owner, CAST(c.row_index AS UINTEGER) AS track
FROM gold_playlists AS g
JOIN playlist_numbers AS n ON g.playlist_id = n.playlist_id
JOIN (SELECT track_id, row_index FROM catalogue) AS c ON g.track_id = c.track_id
ORDER BY owner, g.position, track
