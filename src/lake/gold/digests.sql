-- name: listener_tracks
SELECT count(*) AS row_count, CAST(coalesce(sum(row_digest(concat_ws('|', u.user_id, t.track_id, l.events,
  l.plays_all, l.plays_28d, l.plays_7d, l.skips,
  l.saved * 8 + l.saved_28d * 4 + l.saved_7d * 2 + l.disliked, l.weight, l.first_us, l.last_us,
  coalesce(l.last_positive_us, -1)))), 0) AS VARCHAR) AS digest_sum
FROM listener_tracks AS l
JOIN users AS u ON l.user_no = u.user_no JOIN tracks AS t ON l.track_no = t.track_no

-- name: responses
SELECT count(*) AS row_count, CAST(coalesce(sum(row_digest(concat_ws('|', u.user_id,
  coalesce(r.session_id, ''), t.track_id, r.ts, r.weight, r.liked))), 0) AS VARCHAR) AS digest_sum
FROM responses AS r
JOIN users AS u ON r.user_no = u.user_no JOIN tracks AS t ON r.track_no = t.track_no

-- name: playlists
SELECT count(*) AS row_count, CAST(coalesce(sum(row_digest(concat_ws('|', playlist_id, track_id,
  position))), 0) AS VARCHAR) AS digest_sum FROM playlists

-- name: listener_profile
SELECT count(*) AS row_count, CAST(coalesce(sum(row_digest(concat_ws('|', user_id,
  coalesce(country, ''), coalesce(region, ''), coalesce(language, ''), coalesce(timezone, ''),
  coalesce(age_band, ''), coalesce(gender, ''), coalesce(joined(genres), ''), explicit_ok,
  personalise, coalesce(household_id, ''), coalesce(CAST(joined_on AS VARCHAR), ''), bucket, events,
  positives, coalesce(micros_of(last_ts), -1), active))), 0) AS VARCHAR) AS digest_sum
FROM listener_profile

-- name: track_stats
SELECT count(*) AS row_count, CAST(coalesce(sum(row_digest(concat_ws('|', track_id,
  coalesce(title, ''), artist_id, coalesce(artist, ''), coalesce(album_id, ''), coalesce(isrc, ''),
  coalesce(duration_ms, -1), coalesce(CAST(released_on AS VARCHAR), ''), coalesce(joined(genres), ''),
  coalesce(language, ''), coalesce(CAST(explicit AS VARCHAR), ''),
  coalesce(CAST(round(tempo * 1000) AS BIGINT), -1), coalesce(key, -1),
  coalesce(CAST(round(energy * 1000000) AS BIGINT), -1), coalesce(audio_path, ''),
  coalesce(joined(markets), ''), coalesce(micros_of(available_from), -1),
  coalesce(micros_of(available_until), -1), recording_id, derived, listeners_all, listeners_90d,
  listeners_28d, listeners_7d, plays_all, plays_90d, plays_28d, plays_7d, skips_90d, saves_90d,
  impressions_90d, coalesce(micros_of(first_event), -1)))), 0) AS VARCHAR) AS digest_sum
FROM track_stats

-- name: track_country
SELECT count(*) AS row_count, CAST(coalesce(sum(row_digest(concat_ws('|', track_id, country,
  listeners_28d, plays_28d))), 0) AS VARCHAR) AS digest_sum FROM track_country

-- name: artist_stats
SELECT count(*) AS row_count, CAST(coalesce(sum(row_digest(concat_ws('|', artist_id,
  coalesce(artist, ''), tracks, listeners_all, listeners_28d, plays_all, plays_28d, plays_7d, saves_90d,
  skips_90d))), 0) AS VARCHAR) AS digest_sum FROM artist_stats

-- name: genre_weeks
SELECT count(*) AS row_count, CAST(coalesce(sum(row_digest(concat_ws('|', genre, week_no, plays))), 0)
  AS VARCHAR) AS digest_sum FROM genre_weeks

-- name: blocks
SELECT count(*) AS row_count, CAST(coalesce(sum(row_digest(concat_ws('|', user_id,
  coalesce(track_id, ''), coalesce(artist_id, '')))), 0) AS VARCHAR) AS digest_sum FROM blocks
