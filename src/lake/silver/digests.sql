-- Content digests: number of rows and sum of the md5 prefixes of their text, whatever their order.

-- name: plays
SELECT count(*) AS row_count, CAST(coalesce(sum(row_digest(concat_ws('|', u.user_id, t.track_id, p.ts,
  ((coalesce(CAST(p.ms_played AS BIGINT), -1) + 1) * 32769 + coalesce(p.slot, -1) + 1) * 8
    + CASE WHEN p.is_skip THEN 4 ELSE 0 END + CASE WHEN p.is_bot THEN 2 ELSE 0 END
    + CASE WHEN p.is_positive THEN 1 ELSE 0 END,
  CASE WHEN p.count = 1 THEN '' ELSE CAST(p.count AS VARCHAR) END, s.setting,
  coalesce(p.session_id, ''), coalesce(p.list_id, '')))), 0) AS VARCHAR) AS digest_sum
FROM plays AS p JOIN users AS u ON p.user_no = u.user_no JOIN tracks AS t ON p.track_no = t.track_no
JOIN settings AS s ON p.setting_no = s.setting_no

-- name: library
SELECT count(*) AS row_count, CAST(coalesce(sum(row_digest(concat_ws('|', user_id, track_id,
  micros_of(ts), kind, is_bot))), 0) AS VARCHAR) AS digest_sum FROM library

-- name: impressions
SELECT count(*) AS row_count, CAST(coalesce(sum(row_digest(concat_ws('|', user_id, track_id,
  micros_of(ts), coalesce(list_id, ''), coalesce(slot, -1), coalesce(context, '')))), 0) AS VARCHAR)
  AS digest_sum FROM impressions

-- name: banners
SELECT count(*) AS row_count, CAST(coalesce(sum(row_digest(concat_ws('|', user_id, micros_of(ts), kind,
  coalesce(list_id, '')))), 0) AS VARCHAR) AS digest_sum FROM banners

-- name: playlist_tracks
SELECT count(*) AS row_count, CAST(coalesce(sum(row_digest(concat_ws('|', playlist_id, track_id,
  position, kind, coalesce(owner_id, ''), coalesce(micros_of(added_at), -1)))), 0) AS VARCHAR)
  AS digest_sum FROM playlist_tracks

-- name: tracks
SELECT count(*) AS row_count, CAST(coalesce(sum(row_digest(concat_ws('|', track_id,
  coalesce(title, ''), artist_id, coalesce(artist, ''), coalesce(album_id, ''), coalesce(isrc, ''),
  coalesce(duration_ms, -1), coalesce(CAST(released_on AS VARCHAR), ''),
  coalesce(joined(genres), ''), coalesce(language, ''), coalesce(CAST(explicit AS VARCHAR), ''),
  coalesce(CAST(round(tempo * 1000) AS BIGINT), -1), coalesce(key, -1),
  coalesce(CAST(round(energy * 1000000) AS BIGINT), -1), coalesce(audio_path, ''),
  coalesce(joined(markets), ''), coalesce(micros_of(available_from), -1),
  coalesce(micros_of(available_until), -1), recording_id, coalesce(micros_of(first_event), -1),
  derived))), 0) AS VARCHAR) AS digest_sum FROM tracks

-- name: listeners
SELECT count(*) AS row_count, CAST(coalesce(sum(row_digest(concat_ws('|', user_id,
  coalesce(country, ''), coalesce(region, ''), coalesce(language, ''), coalesce(timezone, ''),
  coalesce(age_band, ''), coalesce(gender, ''), coalesce(joined(genres), ''), explicit_ok,
  personalise, coalesce(household_id, ''), coalesce(CAST(joined_on AS VARCHAR), ''), bucket,
  derived))), 0) AS VARCHAR) AS digest_sum FROM listeners

-- name: blocks
SELECT count(*) AS row_count, CAST(coalesce(sum(row_digest(concat_ws('|', user_id,
  coalesce(track_id, ''), coalesce(artist_id, '')))), 0) AS VARCHAR) AS digest_sum FROM blocks
