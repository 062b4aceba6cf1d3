-- name: settings
-- Where and how something was played: few distinct rows, so plays carry a number.
SELECT country, device, context, coalesce(country, '') || '|' || coalesce(device, '') || '|' ||
    coalesce(context, '') AS setting,
  CAST(dense_rank() OVER (ORDER BY country NULLS FIRST) % 60 AS INTEGER) AS country_bit,
  CAST(row_number() OVER (ORDER BY country NULLS FIRST, device NULLS FIRST, context NULLS FIRST)
    AS INTEGER) AS setting_no
FROM (SELECT DISTINCT country, device, context FROM unique_events WHERE kind IN ('play', 'skip')) AS s

-- name: staged
-- Plays and skips by number instead of by name; times in microseconds. Sorted only for speed: a
-- bucket then lies together.
SELECT u.user_no, u.bucket, t.track_no, t.duration_ms, micros_of(e.ts) AS ts,
  CAST(floor(micros_of(e.ts) / 86400000000) AS INTEGER) AS day_no, e.kind = 'skip' AS is_skip,
  CAST(e.ms_played AS INTEGER) AS ms_played, e.session_id, s.setting_no, s.country_bit, e.list_id,
  e.slot, CAST(least(coalesce(e.count, 1), 2147483647) AS INTEGER) AS count, e.event_id IS NOT NULL AS identified
FROM unique_events AS e
JOIN users AS u ON e.user_id = u.user_id
JOIN tracks AS t ON e.track_id = t.track_id
JOIN settings AS s ON e.country IS NOT DISTINCT FROM s.country
  AND e.device IS NOT DISTINCT FROM s.device AND e.context IS NOT DISTINCT FROM s.context
WHERE e.kind IN ('play', 'skip')
ORDER BY u.user_no, ts, t.track_no, is_skip

-- name: repeated_plays
SELECT user_no, track_no, ts, is_skip FROM staged WHERE NOT identified
GROUP BY user_no, track_no, ts, is_skip HAVING count(*) > 1

-- name: unique_plays
-- Of rows that say the same twice, the one with most to say.
SELECT * FROM staged WHERE identified
UNION ALL
SELECT s.* FROM (SELECT * FROM staged WHERE NOT identified) AS s ANTI JOIN repeated_plays AS r
ON s.user_no = r.user_no AND s.track_no = r.track_no AND s.ts = r.ts AND s.is_skip = r.is_skip
UNION ALL
SELECT user_no, bucket, track_no, duration_ms, ts, day_no, is_skip, ms_played, session_id, setting_no,
  country_bit, list_id, slot, count, identified
FROM (
  SELECT s.*, row_number() OVER (
    PARTITION BY s.user_no, s.track_no, s.ts, s.is_skip
    ORDER BY s.ms_played DESC NULLS LAST, s.session_id NULLS LAST, s.list_id NULLS LAST,
      s.slot NULLS LAST, s.setting_no) AS copy
  FROM (SELECT * FROM staged WHERE NOT identified) AS s SEMI JOIN repeated_plays AS r
  ON s.user_no = r.user_no AND s.track_no = r.track_no AND s.ts = r.ts AND s.is_skip = r.is_skip)
  AS copies
WHERE copy = 1

-- name: sessionless
SELECT count(*) AS n FROM unique_plays WHERE session_id IS NULL

-- name: sessions_from_gaps
-- A session ends with 30 minutes of silence; it is named by the second it began.
WITH gaps AS (
  SELECT *, CASE WHEN ts - lag(ts) OVER listening <= 1800000000 THEN NULL ELSE ts END AS begins
  FROM unique_plays WHERE session_id IS NULL
  WINDOW listening AS (PARTITION BY user_no ORDER BY ts, track_no, is_skip))
SELECT user_no, bucket, track_no, duration_ms, ts, day_no, is_skip, ms_played,
  CAST(CAST(floor(max(begins) OVER (PARTITION BY user_no ORDER BY ts, track_no, is_skip
    ROWS UNBOUNDED PRECEDING) / 1000000) AS BIGINT) AS VARCHAR) AS session_id,
  setting_no, country_bit, list_id, slot, count, identified
FROM gaps
UNION ALL SELECT * FROM unique_plays WHERE session_id IS NOT NULL

-- name: bot_days
-- Listener-days no person has; each is judged by itself, so a flag never depends on a later day.
SELECT user_no, day_no FROM (
  SELECT user_no, day_no, CAST(sum(count) AS BIGINT) AS plays, CAST(sum(ms_played) AS BIGINT) AS ms,
    count_if(ms_played BETWEEN 30000 AND 35000) AS just_counted,
    bit_count(bit_or(CAST(1 AS BIGINT) << country_bit)) AS countries
  FROM unique_plays WHERE ts > 0
  GROUP BY user_no, day_no) AS days
WHERE ms > 86400000 OR plays > $most_plays OR countries > $most_countries
  OR plays >= $many_plays AND just_counted * 100 > plays * $just_counted_percent

-- name: plays
SELECT p.user_no, p.bucket, p.track_no, p.ts, p.is_skip, p.ms_played, p.duration_ms,
  p.session_id, p.setting_no, p.list_id, p.slot, p.count, b.user_no IS NOT NULL AS is_bot,
  NOT p.is_skip AND (p.ms_played IS NULL OR p.ms_played > 30000
    OR p.duration_ms <= 30000 AND CAST(p.ms_played AS BIGINT) * 100 >= p.duration_ms * 95)
    AS is_positive
FROM sessioned AS p
LEFT JOIN bot_days AS b ON p.user_no = b.user_no AND p.day_no = b.day_no

-- name: named_plays
SELECT p.user_no, p.bucket, p.track_no, p.is_skip, u.user_id, t.track_id, time_of_micros(p.ts) AS ts,
  CASE WHEN p.is_skip THEN 'skip' ELSE 'play' END AS kind, CAST(p.ms_played AS BIGINT) AS ms_played,
  CASE WHEN p.ms_played >= p.duration_ms THEN CAST(1 AS DOUBLE)
    ELSE CAST(p.ms_played AS DOUBLE) / p.duration_ms END AS played_ratio,
  p.session_id, s.country, s.device, s.context, p.list_id, p.slot, p.count, p.is_bot,
  FALSE AS is_off_taste, p.is_positive,
  CAST(CASE WHEN p.is_positive THEN 1000
    WHEN p.ms_played < 2000 THEN -1000
    WHEN NOT p.is_skip THEN floor(1000 * p.ms_played / 30000)
    WHEN p.ms_played > 120000 THEN 300
    ELSE 0 END AS INTEGER) AS weight
FROM plays AS p
JOIN users AS u ON p.user_no = u.user_no
JOIN tracks AS t ON p.track_no = t.track_no
JOIN settings AS s ON p.setting_no = s.setting_no

-- name: plays_of_bucket
SELECT user_id, track_id, ts, kind, ms_played, played_ratio, session_id, country, device, context,
  list_id, slot, count, is_bot, is_off_taste, is_positive, weight
FROM named_plays WHERE bucket = $bucket
ORDER BY user_no, ts, track_no, is_skip, ms_played NULLS LAST, session_id

-- name: hours
-- First and last event of each hour in which anything happened.
SELECT CAST(floor(ts / 3600000000) AS BIGINT) AS hour_no, CAST(min(ts) AS BIGINT) AS first_us,
  CAST(max(ts) AS BIGINT) AS last_us
FROM (SELECT ts FROM plays UNION ALL SELECT micros_of(ts) FROM library
  UNION ALL SELECT micros_of(ts) FROM impressions UNION ALL SELECT micros_of(ts) FROM banners) AS times
GROUP BY hour_no ORDER BY hour_no
