-- name: events
-- One row an event; numbers become names here, a block at a time.
SELECT
  CASE WHEN listener >= getvariable('planted_from')
    THEN printf('planted-8020-%02d', listener - getvariable('planted_from') + 1)
    ELSE 'u' || substr((10000000 + listener)::VARCHAR, 2) END AS user_id,
  't' || substr((10000000 + track)::VARCHAR, 2) AS track_id,
  make_timestamp(ts::BIGINT * 1000) AS ts,
  (['play', 'skip', 'save', 'unsave', 'playlist_add', 'dislike', 'impression'])[kind + 1] AS kind,
  nullif(ms_played, -1) AS ms_played,
  (['US', 'GB', 'DE', 'BR', 'MX', 'JP'])[country + 1] AS country,
  (['phone', 'speaker', 'desktop', 'car', 'watch'])[device + 1] AS device,
  (['home', 'commute', 'work', 'workout', 'party', 'sleep'])[context + 1] AS context,
  's' || listener || '-' || session AS session_id,
  CASE WHEN list >= 0 THEN printf('shown-%02d-%d', list + 1, listener) END AS list_id,
  nullif(slot, -1)::INTEGER AS slot
FROM staged

-- name: tracks
SELECT
  printf('t%07d', track) AS track_id, title, printf('a%06d', artist) AS artist_id,
  artist_name AS artist, printf('b%07d', album) AS album_id, isrc, duration_ms,
  DATE '1970-01-01' + released AS released_on,
  CASE WHEN genres <> '' THEN string_split(genres, '|') END AS genres,
  nullif(language, '') AS language, explicit, round(tempo, 1) AS tempo,
  nullif(key, -1)::INTEGER AS key, round(energy, 3) AS energy,
  CASE WHEN markets <> '' THEN string_split(markets, '|') END AS markets,
  (DATE '1970-01-01' + available_from)::TIMESTAMP AS available_from,
  (DATE '1970-01-01' + available_until + 1)::TIMESTAMP AS available_until
FROM staged

-- name: listeners
SELECT
  CASE WHEN listener >= getvariable('planted_from')
    THEN printf('planted-8020-%02d', listener - getvariable('planted_from') + 1)
    ELSE printf('u%07d', listener) END AS user_id,
  country, region, language, timezone, age_band, gender,
  CASE WHEN genres <> '' THEN string_split(genres, '|') END AS genres,
  explicit_ok, personalise, printf('h%07d', household) AS household_id,
  DATE '1970-01-01' + joined AS joined_on
FROM staged

-- name: playlists
-- Themes of a listener's playlists are genres; the service's are sub-genres, countries and mixes.
SELECT
  CASE WHEN owner < 0 THEN (['', 'editorial', 'mix'])[kind + 1] || printf('-%03d', theme)
    ELSE printf('p%07d-%02d', owner, theme) END AS playlist_id,
  printf('t%07d', track) AS track_id, position::INTEGER AS position,
  (['user', 'editorial', 'algorithmic'])[kind + 1] AS kind,
  CASE WHEN owner >= 0 THEN printf('u%07d', owner) END AS owner_id,
  make_timestamp(added::BIGINT * 1000) AS added_at
FROM staged

-- name: known
SELECT printf('u%07d', listener) AS user_id, printf('t%07d', track) AS track_id FROM staged

-- name: off_taste
SELECT printf('u%07d', listener) AS user_id, printf('s%d-%d', listener, session) AS session_id,
  (['own', 'child', 'guest', 'sleep', 'hijack'])[kind + 1] AS reason
FROM staged

-- name: delivered
SELECT printf('u%07d', listener) AS user_id, printf('t%07d', track) AS track_id, slot::INTEGER AS slot,
  opened = 1 AS opened, played = 1 AS played, liked = 1 AS liked, saved = 1 AS saved
FROM staged
