-- name: sessions
SELECT session_id, micros_of(started) // 1000 AS started_ms, plays, is_bot, reasons FROM flagged_sessions
WHERE user_id = $user AND (is_bot OR is_off_taste) ORDER BY started, session_id

-- name: all_sessions
SELECT count(*) AS n FROM flagged_sessions WHERE user_id = $user
