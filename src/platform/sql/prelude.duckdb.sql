-- name: bucket_of
CREATE OR REPLACE MACRO bucket_of(id, buckets) AS
  CAST(CAST('0x' || substr(md5(id), 1, 15) AS BIGINT) % buckets AS INTEGER)
-- name: spread_of
-- Which of n parts an id falls into; engines may differ, since no result shows it.
CREATE OR REPLACE MACRO spread_of(id, n) AS hash(id) % n
-- name: row_digest
CREATE OR REPLACE MACRO row_digest(line) AS CAST('0x' || substr(md5(line), 1, 15) AS BIGINT)
-- name: micros_of
CREATE OR REPLACE MACRO micros_of(instant) AS epoch_us(instant)
-- name: time_of_micros
CREATE OR REPLACE MACRO time_of_micros(micros) AS make_timestamp(micros)
-- name: replace_all
CREATE OR REPLACE MACRO replace_all(subject, pattern, replacement) AS
  regexp_replace(subject, pattern, replacement, 'g')
-- name: one_of
-- IN of more than a few values would be made a join.
CREATE OR REPLACE MACRO one_of(x, items) AS list_contains(items, x)
-- name: joined
CREATE OR REPLACE MACRO joined(items) AS array_to_string(items, ';')
-- name: exploded
CREATE OR REPLACE MACRO exploded(items) AS unnest(items)
-- name: id_from_text
CREATE OR REPLACE MACRO id_from_text(x) AS nullif(x, '')
-- name: id_from_number
CREATE OR REPLACE MACRO id_from_number(x) AS
  CASE WHEN x = floor(x) THEN CAST(CAST(x AS BIGINT) AS VARCHAR) ELSE CAST(x AS VARCHAR) END
-- name: text_from_text
CREATE OR REPLACE MACRO text_from_text(x) AS nullif(trim(x), '')
-- name: time_from_number
CREATE OR REPLACE MACRO time_from_number(x) AS CASE
  WHEN abs(x) < 1e11 THEN make_timestamp(CAST(x * 1000000 AS BIGINT))
  WHEN abs(x) < 1e14 THEN make_timestamp(CAST(x * 1000 AS BIGINT))
  WHEN abs(x) < 1e17 THEN make_timestamp(CAST(x AS BIGINT)) END
-- name: time_from_text
-- A cast to TIMESTAMP ignores offsets; one to TIMESTAMPTZ heeds them but is five times as slow.
CREATE OR REPLACE MACRO time_from_text(x) AS CASE
  WHEN substr(x, 17, 1) = ':' AND x NOT LIKE '%+%' AND substr(x, 12) NOT LIKE '%-%'
  THEN coalesce(TRY_CAST(x AS TIMESTAMP), CAST(TRY_CAST(x AS TIMESTAMPTZ) AS TIMESTAMP))
  WHEN TRY_CAST(x AS DOUBLE) IS NOT NULL THEN time_from_number(TRY_CAST(x AS DOUBLE))
  ELSE CAST(TRY_CAST(x AS TIMESTAMPTZ) AS TIMESTAMP) END
-- name: date_from_text
CREATE OR REPLACE MACRO date_from_text(x) AS TRY_CAST(
  CASE WHEN regexp_full_match(x, '[0-9]{4}') THEN x || '-01-01'
    WHEN regexp_full_match(x, '[0-9]{4}-[0-9]{2}') THEN x || '-01' ELSE left(x, 10) END AS DATE)
-- name: integer_from_text
CREATE OR REPLACE MACRO integer_from_text(x) AS TRY_CAST(x AS BIGINT)
-- name: number_from_text
CREATE OR REPLACE MACRO number_from_text(x) AS
  CASE WHEN isfinite(TRY_CAST(x AS DOUBLE)) THEN TRY_CAST(x AS DOUBLE) END
-- name: boolean_from_text
CREATE OR REPLACE MACRO boolean_from_text(x) AS
  CASE WHEN lower(trim(x)) IN ('true', 't', 'yes', 'y', '1') THEN TRUE
    WHEN lower(trim(x)) IN ('false', 'f', 'no', 'n', '0') THEN FALSE END
-- name: list_from_text
CREATE OR REPLACE MACRO list_from_text(x) AS list_filter(
  CASE WHEN starts_with(x, '[') AND json_valid(x) THEN from_json(x, '["VARCHAR"]')
    ELSE list_transform(string_split_regex(regexp_replace(x, '[\[\]''"]', '', 'g'), '[;|,]'),
      lambda item: trim(item)) END, lambda item: item <> '')
-- name: list_from_list
CREATE OR REPLACE MACRO list_from_list(x) AS
  list_filter(CAST(x AS VARCHAR[]), lambda item: item IS NOT NULL AND item <> '')
-- name: u32
CREATE OR REPLACE MACRO u32(x) AS CAST(least(greatest(x, 0), 4294967295) AS UINTEGER)
-- name: u16
CREATE OR REPLACE MACRO u16(x) AS CAST(least(greatest(x, 0), 65535) AS USMALLINT)
-- name: seconds_u32
CREATE OR REPLACE MACRO seconds_u32(instant, otherwise) AS
  u32(coalesce(CAST(floor(epoch_us(instant) / 1000000) AS BIGINT), otherwise))
