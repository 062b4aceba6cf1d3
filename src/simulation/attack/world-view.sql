-- name: tracks
-- The tracks that are played, most played first.
SELECT t.track_id, t.artist_id, t.duration_ms, coalesce(t.genres[1], '') AS genre,
  CAST(round(coalesce(t.energy, 0.5) * 1000) AS INTEGER) AS energy, CAST(count(*) AS BIGINT) AS plays
FROM world_tracks AS t JOIN world_events AS e ON t.track_id = e.track_id
WHERE e.kind IN ('play', 'skip') AND t.released_on < DATE '1970-01-01' + $first_day
GROUP BY t.track_id, t.artist_id, t.duration_ms, t.genres, t.energy
ORDER BY plays DESC, t.track_id

-- name: people
-- Listeners with a history, in an order that only the seed decides.
SELECT e.user_id, l.country FROM (
  SELECT user_id, count(*) AS plays, min(ts) AS first_ts FROM world_events
  WHERE kind IN ('play', 'skip') GROUP BY user_id) AS e
JOIN world_listeners AS l ON e.user_id = l.user_id
WHERE e.plays BETWEEN $least_plays AND $most_plays
  AND e.first_ts < DATE '1970-01-01' + $first_day + INTERVAL 14 DAY
ORDER BY md5($seed || '|' || e.user_id), e.user_id LIMIT $most

-- name: sessions
-- Their own sessions, play by play.
SELECT e.user_id, e.session_id, e.track_id, epoch_ms(e.ts) AS ts, e.kind,
  coalesce(e.ms_played, 0) AS ms_played, coalesce(e.country, '') AS country,
  coalesce(e.device, '') AS device, coalesce(e.context, '') AS context
FROM world_events AS e
ANTI JOIN world_off_taste AS o ON e.user_id = o.user_id AND e.session_id = o.session_id
WHERE e.kind IN ('play', 'skip') AND contains($users, '|' || e.user_id || '|')
ORDER BY e.user_id, e.ts, e.track_id
