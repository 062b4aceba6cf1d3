-- name: spans
-- Every play counts in its week and in the listener's whole time (week -1).
SELECT user_no, week_no AS unit_no, * EXCLUDE (user_no, week_no) FROM judged_plays
UNION ALL SELECT user_no, -1, * EXCLUDE (user_no, week_no) FROM judged_plays

-- name: track_company
-- What everybody does with a track, so that a listener's own part can be taken out.
SELECT track_no, count(*) AS plays, count_if(is_short) AS short FROM plays GROUP BY track_no

-- name: own_tracks
SELECT user_no, track_no, count(*) AS plays, count_if(is_short) AS short FROM plays
GROUP BY user_no, track_no

-- name: bought_tracks
-- Of a listener's tracks, those that others mostly play for just as long as counts.
SELECT o.user_no, o.track_no FROM own_tracks AS o
JOIN track_company AS c ON o.track_no = c.track_no
WHERE c.short - o.short >= $bought_plays AND (c.short - o.short) * 2 >= c.plays - o.plays

-- name: hooked
-- Who plays a track far more than people play tracks; tracks with many such listeners tell nothing.
SELECT user_no, track_no, plays FROM (
  SELECT o.*, count(*) OVER (PARTITION BY track_no) AS hooked FROM own_tracks AS o
  CROSS JOIN (SELECT sum(least(plays, 4)) AS all_plays, count(*) AS pairs FROM own_tracks) AS mean
  WHERE o.plays * mean.pairs >= $hooked_times * mean.all_plays) AS far
WHERE hooked <= $hooked_most

-- name: companions
-- Plays of a listener of tracks that the same other listener is hooked on too.
SELECT a.user_no, CAST(sum(a.plays) AS BIGINT) AS plays
FROM hooked AS a JOIN hooked AS b ON a.track_no = b.track_no AND a.user_no <> b.user_no
GROUP BY a.user_no, b.user_no

-- name: farms
-- What the closest companion but a few shares: a farm has several accounts.
SELECT user_no, plays FROM (
  SELECT user_no, plays, row_number() OVER (PARTITION BY user_no ORDER BY plays DESC) AS place
  FROM companions) AS ranked
WHERE place = $farm_companions

-- name: same_second
-- Moments at which two listeners began the same track.
SELECT track_no, ts // 1000000 AS second FROM plays
GROUP BY track_no, ts // 1000000 HAVING min(user_no) <> max(user_no)

-- name: steps
-- From one play of a listener to the next.
SELECT *, ts - lag(ts) OVER listening AS gap,
  lag(country) OVER listening AS country_before, lag(device) OVER listening AS device_before
FROM plays WINDOW listening AS (PARTITION BY user_no ORDER BY ts, track_no, is_skip)

-- name: runs
-- Listening without 30 minutes of silence: how long, in minutes, by the week in which it began.
SELECT user_no, week_no, (ended - started) // 60000000 AS minutes FROM (
  SELECT user_no, min(ts) AS started, max(ts) AS ended, max(week_no) AS week_no FROM (
    SELECT user_no, ts, week_no, sum(CASE WHEN gap <= 1800000000 THEN 0 ELSE 1 END)
      OVER (PARTITION BY user_no ORDER BY ts, track_no, is_skip ROWS UNBOUNDED PRECEDING) AS run
    FROM steps) AS numbered
  GROUP BY user_no, run) AS lengths

-- name: judged_plays
SELECT s.user_no, s.week_no, s.day_no, s.hour_no, s.track_no, s.artist_no, s.is_skip, s.is_short,
  s.gap // 1000000 AS gap, b.track_no IS NOT NULL AS is_bought,
  m.track_no IS NOT NULL AS is_joint,
  coalesce(s.gap // 1000000 <= $jump_seconds AND s.country <> s.country_before, FALSE) AS jumps,
  coalesce(s.gap // 1000000 <= $device_seconds AND s.device <> s.device_before, FALSE) AS swaps
FROM steps AS s
LEFT JOIN bought_tracks AS b ON s.user_no = b.user_no AND s.track_no = b.track_no
LEFT JOIN same_second AS m ON s.track_no = m.track_no AND s.ts // 1000000 = m.second

-- name: unit_runs
SELECT user_no, unit_no, CAST(max(minutes) AS BIGINT) AS longest_run FROM (
  SELECT user_no, week_no AS unit_no, minutes FROM runs
  UNION ALL SELECT user_no, -1, minutes FROM runs) AS lengths
GROUP BY user_no, unit_no

-- name: units
-- The features, all integers. Shares in thousandths of the plays. Regularity: 1000 is a metronome,
-- 500 chance, people are below 250; of gaps below a day, on several days: one sitting is always even.
SELECT u.user_no, u.unit_no, u.plays, u.skips, u.days, u.tracks, u.artists,
  u.plays // u.days AS day_plays, u.hours // u.days AS day_hours, r.longest_run,
  CAST(CASE WHEN u.gaps < 50 OR u.days < $regular_days THEN 0
    ELSE (1000 * u.gap_sum * u.gap_sum) // greatest(u.gaps * u.gap_squares, 1) END AS BIGINT) AS regularity,
  u.short * 1000 // u.plays AS short_share, u.bought * 1000 // u.plays AS bought_share,
  coalesce(f.plays * 1000 // w.plays, 0) AS farm_share, u.joint * 1000 // u.plays AS joint_share,
  u.plays // u.tracks AS repeats, u.jumps * 1000 // u.plays AS jumps, u.swaps * 1000 // u.plays AS swaps,
  CASE WHEN u.skips = 0 AND usual.skips * 50 >= usual.plays THEN u.plays ELSE 0 END AS unskipped
FROM (
  SELECT user_no, unit_no, count(*) AS plays, count_if(is_skip) AS skips,
    count(DISTINCT day_no) AS days, count(DISTINCT hour_no) * 1000 AS hours,
    count(DISTINCT track_no) AS tracks, count(DISTINCT artist_no) AS artists,
    count_if(is_short) AS short, count_if(is_bought) AS bought,
    count_if(is_joint) AS joint, count_if(jumps) AS jumps, count_if(swaps) AS swaps,
    count_if(gap BETWEEN 1 AND 86400) AS gaps,
    CAST(coalesce(sum(CASE WHEN gap BETWEEN 1 AND 86400 THEN gap END), 0) AS HUGEINT) AS gap_sum,
    CAST(coalesce(sum(CASE WHEN gap BETWEEN 1 AND 86400 THEN gap * gap END), 0) AS HUGEINT)
      AS gap_squares
  FROM spans GROUP BY user_no, unit_no) AS u
JOIN (SELECT user_no, count(*) AS plays FROM plays GROUP BY user_no) AS w ON u.user_no = w.user_no
LEFT JOIN farms AS f ON u.user_no = f.user_no
LEFT JOIN unit_runs AS r ON u.user_no = r.user_no AND u.unit_no = r.unit_no
CROSS JOIN (SELECT count(*) AS plays, count_if(is_skip) AS skips FROM plays) AS usual

-- name: measures
SELECT user_no, unit_no, sign, value FROM (
  SELECT user_no, unit_no, plays, unnest(
    ['rate', 'hours', 'run', 'regular', 'short', 'bought', 'farm', 'joint', 'repeats', 'jumps', 'swaps', 'unskipped']) AS sign,
    unnest([day_plays, day_hours, coalesce(longest_run, 0), regularity, short_share, bought_share,
      farm_share, joint_share, repeats, jumps, swaps, unskipped]) AS value
  FROM units WHERE plays >= $least_plays) AS long

-- name: judged_units
-- Points of a unit: 1 for a weak sign, 2 for a strong one, 4 for an absurd one. What heavy listening by
-- itself shows counts `heavy_most` at most, unless it is absurd.
SELECT user_no, unit_no, CAST(sum(CASE WHEN is_heavy THEN 0 ELSE points END)
    + greatest(least(sum(CASE WHEN is_heavy THEN points ELSE 0 END), $heavy_most),
      max(CASE WHEN is_heavy AND points = 4 THEN 4 ELSE 0 END)) AS INTEGER) AS points,
  string_agg(sign, ' ' ORDER BY sign_no) AS reasons
FROM (
  SELECT m.user_no, m.unit_no, m.sign, s.sign_no, s.is_heavy, CASE WHEN m.value >= s.absurd THEN 4
    WHEN m.value >= s.strong THEN 2 WHEN m.value >= s.weak THEN 1 ELSE 0 END AS points
  FROM measures AS m JOIN signs AS s ON m.sign = s.sign) AS scored
WHERE points > 0
GROUP BY user_no, unit_no

-- name: bots
-- A listener is a bot by its whole time, or when most of its plays lie in weeks of a bot.
SELECT u.user_no, coalesce(j.points, 0) AS points, coalesce(j.reasons, '') AS reasons,
  coalesce(j.points >= $bot_points, FALSE) AND NOT coalesce(k.kept, FALSE)
    OR coalesce(w.plays * 2 > u.plays, FALSE) AS is_bot
FROM units AS u
LEFT JOIN judged_units AS j ON u.user_no = j.user_no AND j.unit_no = -1
LEFT JOIN kept AS k ON u.user_no = k.user_no
LEFT JOIN (SELECT user_no, sum(plays) AS plays FROM bot_weeks GROUP BY user_no) AS w
  ON u.user_no = w.user_no
WHERE u.unit_no = -1

-- name: bot_weeks
SELECT j.user_no, j.unit_no AS week_no, u.plays, j.points, j.reasons
FROM judged_units AS j
JOIN units AS u ON j.user_no = u.user_no AND j.unit_no = u.unit_no
ANTI JOIN kept AS k ON j.user_no = k.user_no
WHERE j.unit_no >= 0 AND j.points >= $bot_points
