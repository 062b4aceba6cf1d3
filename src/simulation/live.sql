-- name: lists
SELECT user_id, string_agg(track_id, '|' ORDER BY rank) AS tracks, min(week) AS first_week,
  max(week) AS last_week
FROM live_lists GROUP BY user_id ORDER BY user_id

-- name: delivered
SELECT user_id, string_agg(track_id, '|' ORDER BY slot) AS tracks FROM live_delivered
GROUP BY user_id ORDER BY user_id
