-- name: erased
SELECT DISTINCT user_id FROM listed WHERE user_id IS NOT NULL

-- name: raw_names
-- Ids that rows of quarantine name: of whole JSON rows those in columns of ids, of others each word.
SELECT raw, user_id FROM (
  SELECT raw, exploded([json_extract_string(raw, '$.user_id'), json_extract_string(raw, '$.UserId'),
    json_extract_string(raw, '$.owner_id')]) AS user_id
  FROM $rows WHERE json_valid(raw)
  UNION ALL SELECT raw, ltrim(word, ':') FROM (
    SELECT raw, exploded(string_split_regex(raw, '["\s,;|{}\[\]]+')) AS word
    FROM $rows WHERE NOT json_valid(raw)) AS words) AS names
WHERE user_id <> ''

-- name: named
SELECT user_id FROM part_events UNION SELECT user_id FROM part_listeners
UNION SELECT owner_id FROM part_playlists UNION SELECT user_id FROM part_blocks
UNION SELECT user_id FROM raw_names

-- name: mentions
SELECT DISTINCT n.raw FROM raw_names AS n SEMI JOIN erased AS e ON n.user_id = e.user_id

-- name: kept_rows
SELECT r.* FROM $rows AS r ANTI JOIN erased AS e ON r.user_id = e.user_id

-- name: kept_playlists
SELECT r.* FROM $rows AS r ANTI JOIN erased AS e ON r.owner_id = e.user_id

-- name: kept_quarantine
SELECT r.* FROM $rows AS r ANTI JOIN mentions AS m ON r.raw = m.raw
