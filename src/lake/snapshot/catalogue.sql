-- name: catalogue
SELECT g.*, a.artist_index, min(g.row_index) OVER (PARTITION BY g.recording_id) AS recording_index
FROM (SELECT *, row_number() OVER (ORDER BY track_id) - 1 AS row_index FROM gold_track_stats) AS g
JOIN artists AS a ON g.artist_id = a.artist_id

-- name: artists
SELECT *, row_number() OVER (ORDER BY artist_id) - 1 AS artist_index FROM gold_artist_stats

-- name: genres
SELECT name, row_number() OVER (ORDER BY name) - 1 AS place
FROM (SELECT DISTINCT exploded(genres) AS name FROM gold_track_stats) AS named

-- name: countries
-- Place 0 is "unknown".
SELECT name, row_number() OVER (ORDER BY name) - 1 AS place FROM (
  SELECT '' AS name UNION SELECT upper(exploded(markets)) FROM gold_track_stats
  UNION SELECT country FROM gold_listener_profile WHERE country IS NOT NULL) AS named

-- name: languages
SELECT name, row_number() OVER (ORDER BY name) - 1 AS place FROM (
  SELECT '' AS name UNION SELECT language FROM gold_track_stats WHERE language IS NOT NULL
  UNION SELECT language FROM gold_listener_profile WHERE language IS NOT NULL) AS named

-- name: names
SELECT name FROM named ORDER BY place

-- name: track_columns
SELECT c.track_id, coalesce(c.title, '') AS title, CAST(c.recording_index AS UINTEGER) AS recording,
  CAST(c.artist_index AS UINTEGER) AS artist, CAST(coalesce(l.place, 0) AS USMALLINT) AS language,
  coalesce(c.released_on - DATE '1970-01-01', -2147483648)::INTEGER AS released,
  CAST(coalesce(c.duration_ms, 0) AS UINTEGER) AS duration,
  CAST(CASE WHEN c.explicit THEN 1 ELSE 0 END AS UTINYINT) AS explicit,
  CAST(coalesce(c.tempo, 'NaN') AS FLOAT) AS tempo, CAST(coalesce(c.energy, 'NaN') AS FLOAT) AS energy,
  CAST(coalesce(c.key, -1) AS TINYINT) AS key,
  seconds_u32(c.available_from, 0) AS from_s, seconds_u32(c.available_until, 4294967295) AS until_s,
  u32(c.listeners_all) AS listeners_all, u32(c.listeners_90d) AS listeners_90d,
  u32(c.listeners_28d) AS listeners_28d, u32(c.listeners_7d) AS listeners_7d,
  u32(c.plays_all) AS plays_all, u32(c.plays_90d) AS plays_90d, u32(c.plays_28d) AS plays_28d,
  u32(c.plays_7d) AS plays_7d, u32(c.skips_90d) AS skips_90d, u32(c.saves_90d) AS saves_90d,
  seconds_u32(c.first_event, 0) AS first_event
FROM catalogue AS c LEFT JOIN languages AS l ON c.language = l.name
ORDER BY c.row_index

-- name: artist_columns
SELECT artist_id, coalesce(artist, '') AS artist, u32(listeners_all) AS listeners_all,
  u32(listeners_28d) AS listeners_28d, u32(plays_all) AS plays_all, u32(plays_28d) AS plays_28d,
  u32(plays_7d) AS plays_7d
FROM artists ORDER BY artist_index

-- name: track_genres
SELECT DISTINCT CAST(t.row_index AS UINTEGER) AS owner, CAST(g.place AS USMALLINT) AS value
FROM (SELECT row_index, exploded(genres) AS name FROM catalogue) AS t
JOIN genres AS g ON t.name = g.name ORDER BY owner, value

-- name: track_markets
SELECT DISTINCT CAST(t.row_index AS UINTEGER) AS owner, CAST(c.place AS USMALLINT) AS value
FROM (SELECT row_index, upper(exploded(markets)) AS name FROM catalogue) AS t
JOIN countries AS c ON t.name = c.name ORDER BY owner, value

-- name: country_tracks
SELECT CAST(c.place AS UINTEGER) AS owner, CAST(t.row_index AS UINTEGER) AS track,
  u32(g.listeners_28d) AS listeners
FROM gold_track_country AS g
JOIN countries AS c ON g.country = c.name
JOIN catalogue AS t ON g.track_id = t.track_id
ORDER BY owner, listeners DESC, track

-- name: genre_weeks
SELECT CAST(g.place AS UINTEGER) AS genre, CAST(w.week_no AS UINTEGER) AS week_no, u32(w.plays) AS plays
FROM gold_genre_weeks AS w JOIN genres AS g ON w.genre = g.name ORDER BY genre, week_no
