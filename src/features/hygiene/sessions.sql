-- name: kept
-- Listeners whose sessions are never set aside.
SELECT user_no, TRUE AS kept FROM users WHERE contains($keep, chr(10) || user_id || chr(10))

-- name: marked_sessions
-- What a session shows by itself: a machine's week, a child's songs, somebody asleep.
SELECT s.*, k.user_no IS NOT NULL AS is_kept,
  (b.is_bot OR w.user_no IS NOT NULL) AND k.user_no IS NULL AS is_bot,
  coalesce(CASE WHEN b.is_bot THEN b.reasons END, w.reasons, '') AS bot_reasons,
  s.for_children * 1000 >= $child_share * s.plays AND s.plays >= 2
    AND c.for_children * 1000 < $child_account * c.plays AS is_child,
  s.plays - s.skips >= $sleep_plays AND s.skips * 3 <= s.plays
    AND s.tracks * 1000 <= $sleep_tracks * s.plays
    AND (s.in_bed * 2 > s.plays
      OR s.energy BETWEEN 0 AND $sleep_energy AND coalesce(s.silence // 1000000 >= $sleep_silence, TRUE))
    AS is_sleep
FROM sessions AS s
JOIN bots AS b ON s.user_no = b.user_no
JOIN (SELECT user_no, sum(plays) AS plays, sum(for_children) AS for_children
  FROM sessions GROUP BY user_no) AS c ON s.user_no = c.user_no
LEFT JOIN bot_weeks AS w ON s.user_no = w.user_no
  AND CAST(floor(($as_of - 1 - s.started) / 604800000000) AS INTEGER) = w.week_no
LEFT JOIN kept AS k ON s.user_no = k.user_no

-- name: fits
SELECT CAST(session_no AS INTEGER) AS session_no, CAST(references_count AS INTEGER) AS references_count,
  CAST(covered AS INTEGER) AS covered, CAST(similarity AS INTEGER) AS similarity,
  CAST(typical AS INTEGER) AS typical, CAST(spread AS INTEGER) AS spread,
  CAST(known_tracks AS INTEGER) AS known_tracks, CAST(known_artists AS INTEGER) AS known_artists,
  CAST(known_genres AS INTEGER) AS known_genres
FROM fit_lines

-- name: sessions_table
SELECT u.user_id, m.session_id, time_of_micros(m.started) AS started, time_of_micros(m.ended) AS ended,
  m.plays, m.skips, m.tracks,
  m.artists, m.listed, m.short, m.for_children, f.references_count AS compared_with, f.covered,
  f.similarity, f.typical, f.spread, f.known_tracks, f.known_artists, f.known_genres, m.score, m.is_bot,
  m.reasons <> '' AND NOT m.is_bot AS is_off_taste, m.reasons
FROM decided AS m
JOIN users AS u ON m.user_no = u.user_no
JOIN fits AS f ON m.session_no = f.session_no
ORDER BY m.session_no

-- name: listeners_table
SELECT u.user_id, t.plays, t.skips, t.days, t.tracks, t.artists, t.day_plays, t.day_hours,
  coalesce(t.longest_run, 0) AS longest_run, t.regularity, t.short_share, t.bought_share,
  t.farm_share, t.joint_share, t.repeats, t.jumps, t.swaps, t.unskipped, b.points AS score, b.is_bot,
  b.reasons
FROM units AS t
JOIN bots AS b ON t.user_no = b.user_no
JOIN users AS u ON t.user_no = u.user_no
WHERE t.unit_no = -1 ORDER BY t.user_no

-- name: newest
SELECT CAST(max(ts) AS BIGINT) AS us FROM plays

-- name: sessions_digest
SELECT count(*) AS row_count, CAST(coalesce(sum(row_digest(concat_ws('|', user_id, session_id,
  micros_of(started), micros_of(ended), plays, skips, tracks, artists, listed, short, for_children, compared_with, covered,
  similarity, typical, spread, known_tracks, known_artists, known_genres, score, is_bot, is_off_taste,
  reasons))), 0) AS VARCHAR) AS digest_sum FROM sessions_table

-- name: listeners_digest
SELECT count(*) AS row_count, CAST(coalesce(sum(row_digest(concat_ws('|', user_id, plays, skips, days,
  tracks, artists, day_plays, day_hours, longest_run, regularity, short_share, bought_share,
  farm_share, joint_share, repeats, jumps, swaps, unskipped, score, is_bot, reasons))), 0)
  AS VARCHAR) AS digest_sum FROM listeners_table

-- name: totals
SELECT count_if(is_bot) AS bot_sessions, count_if(is_off_taste) AS off_taste,
  (SELECT count_if(is_bot) FROM listeners_table) AS bots
FROM sessions_table

-- name: decided
-- A session that fits badly: few of its artists and genres are known from other days, and what it plays
-- is far from what its listener usually plays. What a list chose, or what cannot be compared, stays.
SELECT s.*, CASE WHEN s.is_bot THEN s.bot_reasons
  WHEN s.is_kept THEN ''
  ELSE concat_ws(' ', CASE WHEN s.is_child THEN 'child' END, CASE WHEN s.is_sleep THEN 'sleep' END,
    CASE WHEN s.score >= $stranger_score AND s.is_long_enough AND s.listed * 2 <= s.plays
      THEN 'stranger' END) END AS reasons
FROM (
  SELECT m.*, m.plays - m.skips >= $stranger_plays AS is_long_enough,
    CAST(CASE WHEN f.known_artists < 0 OR f.similarity = $unknown THEN 0
      ELSE ($artist_weight * (1000 - f.known_artists) + $genre_weight * CASE WHEN f.known_genres < 0 THEN 0 ELSE 1000 - f.known_genres END
        + $fit_weight * least(greatest(f.typical - f.similarity, -1000), 1000)) // 100 END AS INTEGER) AS score
  FROM marked_sessions AS m JOIN fits AS f ON m.session_no = f.session_no) AS s
