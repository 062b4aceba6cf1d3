-- name: pairs
SELECT p.user_id, p.track_id, MAX(t.artist_id) AS artist_id, COUNT(*)::BIGINT AS plays
FROM plays p LEFT JOIN tracks t ON t.track_id = p.track_id
GROUP BY p.user_id, p.track_id
ORDER BY p.user_id, p.track_id
