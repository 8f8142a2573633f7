{{ config(materialized="table") }}

SELECT l.*,
       coalesce(s.outcome, 'indeterminate') AS outcome,
       s.review_policy,
       s.eccn,
       s.provisions,
       s.turns_on,
       s.holds_from,
       s.holds_until,
       s.standing,
       s.edition,
       CASE WHEN s.outcome IS NULL THEN 'no segment for this chip, destination, exporter and day' END AS problem
FROM {{ source("sales", "shipments") }} AS l
LEFT JOIN {{ source("exportrules", "names") }} AS n
  ON n.chip_key = regexp_replace(lower(l.chip), '[^\p{L}\p{N}]', '', 'g')
LEFT JOIN {{ source("exportrules", "segments") }} AS s
  ON s.chip = n.chip
 AND s.destination = l.destination
 AND s.exporter = l.exporter
 AND l.ship_date BETWEEN s.valid_from AND s.valid_through
