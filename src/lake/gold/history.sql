-- name: users
SELECT user_id, bucket, CAST(row_number() OVER (ORDER BY bucket, user_id) AS INTEGER) AS user_no
FROM silver_listeners

-- name: tracks
SELECT *, CAST(row_number() OVER (ORDER BY track_id) AS INTEGER) AS track_no FROM silver_tracks

-- name: nothing_aside
SELECT '' AS user_id, '' AS session_id, make_timestamp(0) AS started, make_timestamp(0) AS ended,
  FALSE AS is_bot, FALSE AS is_off_taste WHERE FALSE

-- name: aside
-- Sessions that are not their listener's.
SELECT user_id, session_id, started, ended FROM flagged_sessions WHERE is_bot OR is_off_taste

-- name: plays
-- Everything played before T, by number. `human`: neither a bot's nor off the listener's taste.
SELECT user_no, bucket, track_no, ts, session_id, weight, count, is_skip, human, is_positive AND human AS liked
FROM (
  SELECT u.user_no, u.bucket, t.track_no, micros_of(p.ts) AS ts, p.session_id, p.weight, p.count,
    p.kind = 'skip' AS is_skip, p.is_positive,
    NOT p.is_bot AND NOT p.is_off_taste AND a.user_id IS NULL AS human
  FROM silver_plays AS p
  JOIN users AS u ON p.user_id = u.user_id
  JOIN tracks AS t ON p.track_id = t.track_id
  LEFT JOIN aside AS a ON p.user_id = a.user_id AND coalesce(p.session_id, '') = a.session_id
  WHERE p.ts < time_of_micros($as_of)) AS judged

-- name: training_start
-- First instant of the training days: those with plays, the newest first.
SELECT coalesce(min(day_no), 0) * 86400000000 AS us FROM (
  SELECT CAST(floor(ts / 86400000000) AS BIGINT) AS day_no FROM plays GROUP BY day_no
  ORDER BY day_no DESC LIMIT $training_days) AS days

-- name: library
-- Not what bots put there, nor what was put there while somebody else listened.
SELECT u.user_no, u.bucket, t.track_no, micros_of(l.ts) AS ts, l.kind
FROM silver_library AS l
JOIN users AS u ON l.user_id = u.user_id
JOIN tracks AS t ON l.track_id = t.track_id
ANTI JOIN flagged_listeners AS f ON l.user_id = f.user_id AND f.is_bot
ANTI JOIN aside AS a ON l.user_id = a.user_id AND l.ts BETWEEN a.started AND a.ended
WHERE l.ts < time_of_micros($as_of) AND NOT l.is_bot

-- name: shelf
-- What the library says of a listener and a track before T: the last event decides.
SELECT user_no, bucket, track_no, CAST(min(ts) AS BIGINT) AS first_us, CAST(max(ts) AS BIGINT) AS last_us,
  max(CASE WHEN newest = 1 AND kind IN ('save', 'playlist_add') THEN ts END) AS saved_us,
  CASE WHEN max(CASE WHEN kind = 'dislike' THEN ts END)
    >= coalesce(max(CASE WHEN kind IN ('save', 'playlist_add') THEN ts END), 0) THEN 1 ELSE 0 END
    AS disliked
FROM (SELECT *, row_number() OVER (PARTITION BY user_no, track_no ORDER BY ts DESC, kind) AS newest
  FROM library) AS events
GROUP BY user_no, bucket, track_no

-- name: listener_tracks
-- Everything a listener and a track have to do with each other before T.
SELECT user_no, bucket, track_no, CAST(sum(count) AS BIGINT) AS events,
  CAST(sum(CASE WHEN liked THEN count ELSE 0 END) AS BIGINT) AS plays_all,
  CAST(sum(CASE WHEN liked AND ts >= $training_start THEN count ELSE 0 END) AS BIGINT) AS plays_90d,
  CAST(sum(CASE WHEN liked AND ts >= $us_28d THEN count ELSE 0 END) AS BIGINT) AS plays_28d,
  CAST(sum(CASE WHEN liked AND ts >= $us_7d THEN count ELSE 0 END) AS BIGINT) AS plays_7d,
  CAST(sum(CASE WHEN human AND is_skip THEN count ELSE 0 END) AS BIGINT) AS skips,
  CAST(sum(CASE WHEN human AND is_skip AND ts >= $training_start THEN count ELSE 0 END) AS BIGINT)
    AS skips_90d,
  CASE WHEN max(saved_us) IS NULL THEN 0 ELSE 1 END AS saved,
  CASE WHEN max(saved_us) >= $us_28d THEN 1 ELSE 0 END AS saved_28d,
  CASE WHEN max(saved_us) >= $us_7d THEN 1 ELSE 0 END AS saved_7d, max(disliked) AS disliked,
  CAST(sum(CASE WHEN human THEN CAST(weight AS BIGINT) * count ELSE 0 END) AS BIGINT)
    + CASE WHEN max(saved_us) IS NULL THEN 0 ELSE 5000 END AS weight,
  CAST(min(ts) AS BIGINT) AS first_us, CAST(max(greatest(ts, shelf_us)) AS BIGINT) AS last_us,
  CAST(max(CASE WHEN human THEN ts END) AS BIGINT) AS last_human_us,
  CAST(max(CASE WHEN liked THEN ts ELSE saved_us END) AS BIGINT) AS last_positive_us
FROM (
  SELECT user_no, bucket, track_no, ts, ts AS shelf_us, weight, count, is_skip, human, liked,
    CAST(NULL AS BIGINT) AS saved_us, 0 AS disliked
  FROM plays
  UNION ALL
  SELECT user_no, bucket, track_no, first_us, last_us, 0, 0, FALSE, FALSE, FALSE, saved_us, disliked
  FROM shelf) AS rows
GROUP BY user_no, bucket, track_no

-- name: listener_tracks_of_bucket
SELECT u.user_id, t.track_id, l.events, l.plays_all + l.saved AS positives,
  l.plays_28d + l.saved_28d AS positives_28d, l.plays_7d + l.saved_7d AS positives_7d, l.skips,
  l.saved, l.disliked, l.weight, time_of_micros(l.first_us) AS first_ts,
  time_of_micros(l.last_us) AS last_ts, time_of_micros(l.last_positive_us) AS last_positive_ts
FROM listener_tracks AS l
JOIN users AS u ON l.user_no = u.user_no
JOIN tracks AS t ON l.track_no = t.track_no
WHERE l.bucket = $bucket ORDER BY l.user_no, l.track_no

-- name: responses
-- What people did with tracks in the training days: plays, skips, and saves (without a session).
SELECT user_no, bucket, track_no, ts, session_id, weight, liked FROM plays
WHERE human AND ts >= $training_start
UNION ALL
SELECT user_no, bucket, track_no, ts, NULL, 5000, FALSE FROM library
WHERE kind IN ('save', 'playlist_add') AND ts >= $training_start

-- name: named_responses
SELECT r.user_no, r.bucket, r.track_no, u.user_id, r.session_id, t.track_id,
  time_of_micros(r.ts) AS ts, r.weight, r.liked
FROM responses AS r
JOIN users AS u ON r.user_no = u.user_no
JOIN tracks AS t ON r.track_no = t.track_no

-- name: responses_of_bucket
SELECT user_id, session_id, track_id, ts, weight, liked
FROM named_responses WHERE bucket = $bucket
ORDER BY user_no, ts, track_no, weight, session_id

-- name: playlists
-- What people put together, as it stood before T; rows without a date count as always there.
-- Algorithmic lists are left out: they would teach us what we played.
SELECT playlist_id, track_id, position, added_at FROM silver_playlist_tracks
WHERE kind IN ('user', 'editorial') AND coalesce(micros_of(added_at) < $as_of, TRUE)
ORDER BY playlist_id, position, track_id

-- name: newest
SELECT CAST(max(ts) AS BIGINT) AS us FROM (
  SELECT max(ts) AS ts FROM plays UNION ALL SELECT max(ts) FROM library
  UNION ALL SELECT micros_of(max(ts)) FROM silver_impressions WHERE ts < time_of_micros($as_of)
  UNION ALL SELECT micros_of(max(added_at)) FROM playlists) AS newest
