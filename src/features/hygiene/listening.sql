-- name: users
SELECT user_id, bucket, CAST(row_number() OVER (ORDER BY bucket, user_id) AS INTEGER) AS user_no
FROM silver_listeners

-- name: tracks
-- Numbers from 1; genre 0 is none. A track's first genre stands for all.
SELECT track_id, CAST(row_number() OVER (ORDER BY track_id) AS INTEGER) AS track_no,
  CAST(dense_rank() OVER (ORDER BY artist_id) AS INTEGER) AS artist_no,
  CASE WHEN genres[1] IS NULL THEN 0
    ELSE CAST(dense_rank() OVER (ORDER BY genres[1] NULLS LAST) AS INTEGER) END AS genre_no,
  coalesce(len(list_filter(genres, lambda genre: contains($children, '|' || lower(genre) || '|'))) > 0,
    FALSE) AS for_children,
  CAST(round(energy * 1000) AS INTEGER) AS energy
FROM silver_tracks

-- name: plays
-- Everything played before T, by number; what has no clock is left out. Weeks count back from T.
-- A short play was cut just after it counts.
SELECT u.user_no, u.bucket, t.track_no, t.artist_no, t.genre_no, t.for_children, t.energy,
  micros_of(p.ts) AS ts, CAST(floor(micros_of(p.ts) / 86400000000) AS INTEGER) AS day_no,
  CAST(floor(micros_of(p.ts) / 3600000000) AS INTEGER) AS hour_no,
  CAST(floor(($as_of - 1 - micros_of(p.ts)) / 604800000000) AS INTEGER) AS week_no,
  p.kind = 'skip' AS is_skip, coalesce(p.session_id, '') AS session_id, p.country, p.device,
  coalesce(p.context = 'sleep', FALSE) AS in_bed, p.list_id IS NOT NULL AS listed,
  coalesce(p.ms_played BETWEEN 30000 AND 35000 AND coalesce(p.played_ratio < 0.9, TRUE), FALSE)
    AS is_short
FROM silver_plays AS p
JOIN users AS u ON p.user_id = u.user_id
JOIN tracks AS t ON p.track_id = t.track_id
WHERE p.ts < time_of_micros($as_of) AND micros_of(p.ts) > 0

-- name: sessions
SELECT *, CAST(row_number() OVER (ORDER BY user_no, started, session_id) AS INTEGER) AS session_no,
  lead(started) OVER (PARTITION BY user_no ORDER BY started, session_id) - ended AS silence
FROM (
  SELECT user_no, bucket, session_id, min(ts) AS started, max(ts) AS ended,
    CAST(count(*) AS INTEGER) AS plays, CAST(count_if(is_skip) AS INTEGER) AS skips,
    CAST(count(DISTINCT track_no) AS INTEGER) AS tracks,
    CAST(count(DISTINCT artist_no) AS INTEGER) AS artists,
    CAST(count_if(listed) AS INTEGER) AS listed, CAST(count_if(is_short) AS INTEGER) AS short,
    CAST(count_if(for_children) AS INTEGER) AS for_children, CAST(count_if(in_bed) AS INTEGER) AS in_bed,
    CAST(coalesce(sum(energy) // greatest(count(energy), 1), -1) AS INTEGER) AS energy
  FROM plays GROUP BY user_no, bucket, session_id) AS counted

-- name: heard
-- What was not skipped, by session.
SELECT s.session_no, p.user_no, p.bucket, p.artist_no, p.track_no, p.genre_no,
  CAST(count(*) AS INTEGER) AS plays
FROM plays AS p
JOIN sessions AS s ON p.user_no = s.user_no AND p.session_id = s.session_id
WHERE NOT p.is_skip
GROUP BY s.session_no, p.user_no, p.bucket, p.artist_no, p.track_no, p.genre_no

-- name: bucket_listeners
SELECT u.user_id, CAST(coalesce(b.is_bot, FALSE) = FALSE AS UTINYINT) AS counted
FROM (SELECT DISTINCT user_no FROM sessions WHERE bucket = $bucket) AS s
JOIN users AS u ON s.user_no = u.user_no
LEFT JOIN bots AS b ON s.user_no = b.user_no
ORDER BY u.user_no

-- name: bucket_sessions
-- A session that is set aside for what it is speaks for nobody's taste.
SELECT u32(dense_rank() OVER (ORDER BY s.user_no) - 1) AS owner, u32(s.session_no) AS number,
  u32(s.started // 1000000) AS start,
  CAST(NOT s.is_bot AND NOT s.is_child AND NOT s.is_sleep AND s.plays > s.skips AS UTINYINT) AS reference
FROM marked_sessions AS s WHERE s.bucket = $bucket ORDER BY s.session_no

-- name: bucket_plays
SELECT u32(place.owner) AS owner, u32(h.artist_no) AS artist, u32(h.track_no) AS track,
  u32(h.genre_no) AS genre, u32(h.plays) AS count
FROM heard AS h
JOIN (SELECT session_no, row_number() OVER (ORDER BY session_no) - 1 AS owner
  FROM sessions WHERE bucket = $bucket) AS place ON h.session_no = place.session_no
WHERE h.bucket = $bucket
ORDER BY h.session_no, h.artist_no, h.track_no

-- name: artist_count
SELECT coalesce(max(artist_no), 0) + 1 AS n FROM tracks
