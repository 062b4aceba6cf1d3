-- name: starts
-- every start of a track by a person: bots (ids from $first_bot) and planted listeners are left out
SELECT e.user_id, coalesce(t.isrc, e.track_id) AS recording, e.kind, e.ms_played, t.duration_ms, e.ts
FROM events e JOIN tracks t USING (track_id)
WHERE e.kind IN ('play', 'skip') AND e.user_id LIKE 'u%' AND e.user_id < $first_bot

-- name: listens
-- what Last.fm counts: half of a track or four minutes; stretches of $stretch_ms from $starts_at
SELECT user_id, recording, epoch_ms(ts) AS ms, (epoch_ms(ts) - $starts_at) // $stretch_ms AS stretch
FROM starts
WHERE 2 * ms_played >= duration_ms OR ms_played >= 240000

-- name: real_listens
SELECT p.user_id, p.track_id AS recording, epoch_ms(p.ts) AS ms, s.stretch
FROM plays p JOIN stretches s ON epoch_ms(p.ts) BETWEEN s.from_ms AND s.to_ms

-- name: popularity
WITH counted AS (SELECT count(*) AS n FROM starts GROUP BY recording),
ranked AS (SELECT n, row_number() OVER (ORDER BY n DESC) AS place, count(*) OVER () AS recordings
  FROM counted)
SELECT sum(n)::BIGINT AS plays, count(*)::BIGINT AS recordings,
  sum(n) FILTER (100 * (place - 1) < recordings)::BIGINT AS top,
  count(*) FILTER (n = 1)::BIGINT AS once
FROM ranked

-- name: skips
SELECT count(*)::BIGINT AS plays,
  count(*) FILTER (ms_played < 5000)::BIGINT AS by5,
  count(*) FILTER (ms_played < 10000 AND kind = 'skip')::BIGINT AS by10,
  count(*) FILTER (ms_played < 30000 AND kind = 'skip')::BIGINT AS by30,
  count(*) FILTER (kind = 'skip')::BIGINT AS by_end
FROM starts

-- name: days
SELECT count(*)::BIGINT AS listens, count(DISTINCT (user_id, ms // 86400000))::BIGINT AS days
FROM listens

-- name: repeats
-- of listeners with 50 to 99 listens in a stretch
WITH pairs AS (
  SELECT stretch, user_id, count(*) AS n FROM listens GROUP BY stretch, user_id, recording),
people AS (
  SELECT sum(n) AS listens, count(*) AS recordings FROM pairs GROUP BY stretch, user_id)
SELECT sum(listens)::BIGINT AS listens, sum(recordings)::BIGINT AS recordings
FROM people WHERE listens BETWEEN 50 AND 99
