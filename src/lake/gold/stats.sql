-- name: usual_country
-- Where a listener without a given country mostly played before T; ties by name.
SELECT user_id, country FROM (
  SELECT user_id, country, row_number() OVER (PARTITION BY user_id ORDER BY n DESC, country) AS place
  FROM (
    SELECT p.user_id, p.country, count(*) AS n FROM silver_plays AS p
    SEMI JOIN (SELECT user_id FROM silver_listeners WHERE country IS NULL) AS l
    ON p.user_id = l.user_id
    WHERE p.ts < time_of_micros($as_of) AND p.country IS NOT NULL
    GROUP BY p.user_id, p.country) AS counted) AS placed
WHERE place = 1

-- name: listener_profile
SELECT l.user_id, coalesce(l.country, c.country) AS country, l.region, l.language, l.timezone,
  l.age_band, l.gender, l.genres, l.explicit_ok, l.personalise, l.household_id, l.joined_on, l.bucket,
  coalesce(h.events, 0) AS events, coalesce(h.positives, 0) AS positives,
  time_of_micros(h.last_us) AS last_ts,
  CASE WHEN h.last_human_us >= $us_28d THEN 1 ELSE 0 END AS active,
  time_of_micros($as_of) AS event_timestamp, time_of_micros($created) AS created_timestamp
FROM silver_listeners AS l
JOIN users AS u ON l.user_id = u.user_id
LEFT JOIN usual_country AS c ON l.user_id = c.user_id
LEFT JOIN (
  SELECT user_no, CAST(sum(events) AS BIGINT) AS events,
    CAST(sum(plays_all + saved) AS BIGINT) AS positives, max(last_us) AS last_us,
    max(last_human_us) AS last_human_us
  FROM listener_tracks GROUP BY user_no) AS h ON u.user_no = h.user_no
WHERE h.user_no IS NOT NULL
  OR NOT l.derived AND coalesce(l.joined_on <= CAST(time_of_micros($as_of) AS DATE), TRUE)
ORDER BY u.user_no

-- name: track_stats
SELECT t.track_id, t.title, t.artist_id, t.artist, t.album_id, t.isrc, t.duration_ms, t.released_on,
  t.genres, t.language, t.explicit, t.tempo, t.key, t.energy, t.audio_path, t.markets,
  t.available_from, t.available_until, t.recording_id, t.derived,
  coalesce(h.listeners_all, 0) AS listeners_all, coalesce(h.listeners_90d, 0) AS listeners_90d,
  coalesce(h.listeners_28d, 0) AS listeners_28d, coalesce(h.listeners_7d, 0) AS listeners_7d,
  coalesce(h.plays_all, 0) AS plays_all, coalesce(h.plays_90d, 0) AS plays_90d,
  coalesce(h.plays_28d, 0) AS plays_28d, coalesce(h.plays_7d, 0) AS plays_7d,
  coalesce(h.skips_90d, 0) AS skips_90d, coalesce(s.saves_90d, 0) AS saves_90d,
  coalesce(i.impressions_90d, 0) AS impressions_90d,
  CASE WHEN micros_of(t.first_event) < $as_of THEN t.first_event END AS first_event,
  time_of_micros($as_of) AS event_timestamp, time_of_micros($created) AS created_timestamp
FROM tracks AS t
LEFT JOIN (
  SELECT track_no, count_if(plays_all > 0) AS listeners_all, count_if(plays_90d > 0) AS listeners_90d,
    count_if(plays_28d > 0) AS listeners_28d, count_if(plays_7d > 0) AS listeners_7d,
    CAST(sum(plays_all) AS BIGINT) AS plays_all, CAST(sum(plays_90d) AS BIGINT) AS plays_90d,
    CAST(sum(plays_28d) AS BIGINT) AS plays_28d, CAST(sum(plays_7d) AS BIGINT) AS plays_7d,
    CAST(sum(skips_90d) AS BIGINT) AS skips_90d
  FROM listener_tracks GROUP BY track_no) AS h ON t.track_no = h.track_no
LEFT JOIN (
  SELECT track_no, count(*) AS saves_90d FROM library
  WHERE kind IN ('save', 'playlist_add') AND ts >= $training_start
  GROUP BY track_no) AS s ON t.track_no = s.track_no
LEFT JOIN (
  SELECT track_id, count(*) AS impressions_90d FROM silver_impressions
  WHERE ts < time_of_micros($as_of) AND ts >= time_of_micros($training_start)
  GROUP BY track_id) AS i ON t.track_id = i.track_id
WHERE coalesce(micros_of(t.first_event) < $as_of, FALSE)
  OR NOT t.derived AND coalesce(t.released_on <= CAST(time_of_micros($as_of) AS DATE), TRUE)
ORDER BY t.track_no

-- name: track_country
SELECT t.track_id, p.country, count(*) AS listeners_28d, CAST(sum(l.plays_28d) AS BIGINT) AS plays_28d
FROM listener_tracks AS l
JOIN tracks AS t ON l.track_no = t.track_no
JOIN users AS u ON l.user_no = u.user_no
JOIN listener_profile AS p ON u.user_id = p.user_id
WHERE l.plays_28d > 0 AND p.country IS NOT NULL
GROUP BY t.track_id, p.country ORDER BY t.track_id, p.country

-- name: artist_stats
WITH artists AS (
  SELECT artist_id, min(artist) AS artist, count(*) AS tracks, CAST(sum(saves_90d) AS BIGINT) AS saves_90d,
    CAST(sum(skips_90d) AS BIGINT) AS skips_90d
  FROM track_stats GROUP BY artist_id),
numbered AS (SELECT track_no, dense_rank() OVER (ORDER BY artist_id) AS artist_no, artist_id FROM tracks),
fans AS (
  SELECT n.artist_no, l.user_no, sum(l.plays_all) AS plays_all, sum(l.plays_28d) AS plays_28d,
    sum(l.plays_7d) AS plays_7d
  FROM listener_tracks AS l JOIN numbered AS n ON l.track_no = n.track_no
  WHERE l.plays_all > 0 GROUP BY n.artist_no, l.user_no),
heard AS (
  SELECT artist_no, count(*) AS listeners_all, count_if(plays_28d > 0) AS listeners_28d,
    CAST(sum(plays_all) AS BIGINT) AS plays_all, CAST(sum(plays_28d) AS BIGINT) AS plays_28d,
    CAST(sum(plays_7d) AS BIGINT) AS plays_7d
  FROM fans GROUP BY artist_no)
SELECT a.artist_id, a.artist, a.tracks, coalesce(h.listeners_all, 0) AS listeners_all,
  coalesce(h.listeners_28d, 0) AS listeners_28d, coalesce(h.plays_all, 0) AS plays_all,
  coalesce(h.plays_28d, 0) AS plays_28d, coalesce(h.plays_7d, 0) AS plays_7d, a.saves_90d, a.skips_90d
FROM artists AS a
JOIN (SELECT DISTINCT artist_no, artist_id FROM numbered) AS n ON a.artist_id = n.artist_id
LEFT JOIN heard AS h ON n.artist_no = h.artist_no
ORDER BY a.artist_id

-- name: genre_weeks
-- Positive plays of each genre in the 53 times seven days before T.
SELECT genre, CAST(time_of_micros($as_of - (week_no + 1) * 604800000000) AS DATE) AS week_start,
  week_no, CAST(sum(plays) AS BIGINT) AS plays
FROM (
  SELECT exploded(t.genres) AS genre, w.week_no, w.plays
  FROM (
    SELECT track_no, CAST(floor(($as_of - 1 - ts) / 604800000000) AS BIGINT) AS week_no,
      CAST(sum(count) AS BIGINT) AS plays
    FROM plays WHERE liked AND ts >= $as_of - 53 * 604800000000
    GROUP BY track_no, week_no) AS w
  JOIN tracks AS t ON w.track_no = t.track_no) AS counted
GROUP BY genre, week_no ORDER BY genre, week_no

-- name: blocks
SELECT user_id, track_id, artist_id FROM silver_blocks
ORDER BY user_id, track_id NULLS LAST, artist_id NULLS LAST
