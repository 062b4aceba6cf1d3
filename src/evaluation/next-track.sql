-- name: held_out
-- Sessions that begin in [from, to): what people played in them, in order.
SELECT user_id, session_id, begins
FROM (SELECT user_id, session_id, min(ts) AS begins FROM silver_plays GROUP BY user_id, session_id) AS s
WHERE begins >= time_of_micros($from) AND begins < time_of_micros($to)

-- name: plays
SELECT p.user_id, p.session_id, p.track_id
FROM silver_plays AS p
JOIN held_out AS h ON p.user_id = h.user_id AND p.session_id = h.session_id
WHERE p.is_positive AND NOT p.is_bot AND NOT p.is_off_taste
ORDER BY p.user_id, h.begins, p.session_id, p.ts, p.track_id
