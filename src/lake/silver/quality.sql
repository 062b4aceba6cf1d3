-- name: table_counts
SELECT (SELECT count(*) FROM bronze_events) AS events,
  (SELECT count(*) FROM bronze_tracks) AS track_rows,
  (SELECT count(DISTINCT track_id) FROM bronze_tracks) AS tracks,
  (SELECT count(*) FROM bronze_listeners) AS listener_rows,
  (SELECT count(DISTINCT user_id) FROM bronze_listeners) AS listeners,
  (SELECT count(*) FROM bronze_playlists) AS playlist_rows

-- name: track_counts
SELECT count_if(duration_ms NOT BETWEEN 1 AND 86400000) AS duration_range,
  count_if(tempo NOT BETWEEN 20 AND 400) AS tempo_range, count_if(key NOT BETWEEN 0 AND 11) AS key_range,
  count_if(energy NOT BETWEEN 0 AND 1) AS energy_range, count_if(title IS NULL) AS no_title,
  count_if(artist IS NULL AND artist_id IS NULL) AS no_artist,
  count_if(duration_ms IS NULL) AS no_duration, count_if(genres IS NULL) AS no_genres
FROM bronze_tracks

-- name: listener_counts
SELECT count_if(country IS NULL) AS no_country FROM bronze_listeners

-- name: bot_counts
SELECT (SELECT count(*) FROM bot_days) AS listener_days,
  (SELECT count(DISTINCT user_no) FROM bot_days) AS listeners,
  (SELECT count(*) FROM plays WHERE is_bot) AS plays

-- name: quarantine_counts
SELECT table_name, reason, count(*) AS n FROM quarantine GROUP BY table_name, reason
ORDER BY table_name, reason

-- name: day_counts
SELECT CAST(floor(ts / 86400000000) AS INTEGER) AS day_no, count(*) AS n FROM plays
GROUP BY day_no ORDER BY day_no
