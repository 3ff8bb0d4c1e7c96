"""Choosing among the regions that rows may mean, and saying why where that cannot be done."""

from __future__ import annotations

from typing import Final

from sqlalchemy import text

from assets.imports.staging import Staging


def choose(staging: Staging) -> None:
    """Give every place of ``staged_place`` its region, or what is wrong with it."""
    session = staging.session
    levels = list(staging.kind.levels or ())
    area = staging.batch.region_path
    given = {"today": staging.context.today, "low": area, "high": area[:-1] + "0", "levels": levels}
    # What is told of regions has no statistics, and a loop over it for each place would not end.
    session.execute(_LOOPS, {"how": "off"})
    for statement in (_WRONG_CODES, _CODES, _CONTRADICTED, _NAMES, _ELSEWHERE, _NOWHERE):
        session.execute(statement, {key: value for key, value in given.items() if f":{key}" in statement.text})
    session.execute(_LOOPS, {"how": "on"})


_LOOPS: Final = text("SELECT set_config('enable_nestloop', :how, true)")
_WRONG_CODES: Final = text("""
UPDATE staged_place AS p
SET severity = 'error', field = 'region_code', value = p.code,
    problem = CASE WHEN p.digits ~* '^[0-9.]+e[+]?[0-9]+$' THEN 'region_code_eaten' ELSE 'region_code_unknown' END
WHERE p.code <> '' AND p.coded IS NULL
""")

# What a region is told as, and what an ended one became; of the regions a statement asks for only.
_TOLD: Final = """
WITH told AS (
    SELECT r.id, r.level, r.code, r.short_name, r.region_path, coalesce(r.valid_to <= :today, false) AS ended,
           r.valid_to, up.short_name AS above,
           CASE WHEN r.level = 'village' THEN up.short_name || ' › ' ELSE '' END || r.short_name AS full_name,
           r.region_path >= :low AND r.region_path < :high AS inside
    FROM region AS r LEFT JOIN region AS up ON up.id = r.parent_id
    WHERE r.id IN (@asked)
), heirs AS (
    SELECT s.region_id, string_agg(h.short_name, '、' ORDER BY h.code) AS names,
           CASE WHEN count(*) = 1 THEN min(h.code) END AS code,
           CASE WHEN count(*) = 1 THEN min(
               CASE WHEN h.level = 'village' THEN up.short_name || ' › ' ELSE '' END || h.short_name) END AS name
    FROM region_successor AS s
    JOIN region AS h ON h.id = s.successor_id
    LEFT JOIN region AS up ON up.id = h.parent_id
    WHERE s.region_id IN (SELECT id FROM told WHERE ended) AND (h.valid_to IS NULL OR h.valid_to > :today)
    GROUP BY s.region_id
)
"""

# A code of a village says everything; that of a town or county does where no village is named beside it.
_CODES: Final = text(f"""{_TOLD.replace("@asked", "SELECT coded FROM staged_place")}
UPDATE staged_place AS p
SET field = 'region_code', value = p.code,
    region_id = CASE WHEN NOT t.ended AND t.inside AND t.level = ANY (CAST(:levels AS text[])) THEN t.id END,
    region_path = t.region_path,
    severity = 'error',
    problem = CASE WHEN NOT t.inside THEN 'region_outside'
                   WHEN t.ended AND h.names IS NULL THEN 'region_ended' WHEN t.ended THEN 'region_merged'
                   WHEN t.level <> ALL (CAST(:levels AS text[])) THEN 'region_level' END,
    suggestion = CASE WHEN t.ended THEN h.code END,
    data = jsonb_build_object('region', t.full_name, 'day', t.valid_to, 'successors', coalesce(h.names, '—'))
FROM told AS t LEFT JOIN heirs AS h ON h.region_id = t.id
WHERE t.id = p.coded AND (p.coded_level = 'village' OR p.own_key = '')
""")

_CONTRADICTED: Final = text("""
UPDATE staged_place AS p
SET problem = 'region_contradiction', severity = 'error', field = 'region_code', region_id = NULL, suggestion = NULL,
    data = jsonb_build_object('code', p.code, 'region', r.full_name, 'written',
                              concat_ws(' ', nullif(p.county, ''), nullif(p.town, ''), nullif(p.village, '')))
FROM staged_region AS r
WHERE r.id = p.coded AND (p.coded_level = 'village' OR p.own_key = '') AND p.problem IS NULL
  AND NOT (
    (p.own_key = '' OR EXISTS (SELECT FROM staged_key AS k WHERE k.region_id = r.id
        AND CASE k.form WHEN 'plain' THEN strpos(p.own_key, k.key) > 0 ELSE k.key = p.own_bare END))
    AND (p.town_key = '' OR r.town_id IS NULL OR EXISTS (SELECT FROM staged_upper AS u
        WHERE u.place_id = p.id AND u.level = 'town' AND u.region_id = r.town_id))
    AND (p.county_key = '' OR EXISTS (SELECT FROM staged_upper AS u
        WHERE u.place_id = p.id AND u.level = 'county' AND u.region_id = r.county_id)))
""")

_NAMES: Final = text(f"""{_TOLD.replace("@asked", "SELECT region_id FROM staged_candidate WHERE fits")}, ranked AS (
    SELECT c.place_id, c.score, t.*, c.score + CASE WHEN t.inside THEN 0 ELSE 10 END AS rank,
           min(c.score + CASE WHEN t.inside THEN 0 ELSE 10 END) OVER (PARTITION BY c.place_id) AS best
    FROM staged_candidate AS c JOIN told AS t ON t.id = c.region_id
    WHERE c.fits
), picked AS (
    SELECT place_id, count(*) AS size, min(id) AS id, min(score) AS score,
           array_to_string((array_agg(full_name ORDER BY code))[1:6], '、') AS candidates
    FROM ranked WHERE rank = best GROUP BY place_id
)
UPDATE staged_place AS p
SET region_id = CASE WHEN k.size = 1 AND t.inside AND NOT t.ended AND t.level = ANY (CAST(:levels AS text[]))
                     THEN t.id END,
    region_path = t.region_path,
    field = coalesce(nullif(p.own_field, ''), CASE WHEN p.town <> '' THEN 'town' ELSE 'county' END),
    value = coalesce(nullif(p.own, ''), nullif(p.town, ''), p.county),
    severity = CASE WHEN k.size = 1 AND t.inside AND NOT t.ended AND t.level = ANY (CAST(:levels AS text[]))
                    THEN 'doubt' ELSE 'error' END,
    problem = CASE WHEN k.size > 1 THEN 'region_ambiguous' WHEN NOT t.inside THEN 'region_outside'
                   WHEN t.ended AND h.names IS NULL THEN 'region_ended' WHEN t.ended THEN 'region_merged'
                   WHEN t.level <> ALL (CAST(:levels AS text[])) THEN 'region_level'
                   WHEN k.score = 6 THEN 'region_town_only' WHEN k.score = 4 THEN 'region_other_kind'
                   WHEN p.own ~ '[、;；]' THEN 'region_several' END,
    suggestion = CASE WHEN k.size = 1 AND t.ended THEN h.name END,
    data = jsonb_build_object('region', t.full_name, 'day', t.valid_to, 'successors', coalesce(h.names, '—'),
                              'candidates', k.candidates)
FROM picked AS k JOIN told AS t ON t.id = k.id LEFT JOIN heirs AS h ON h.region_id = t.id
WHERE k.place_id = p.id AND p.problem IS NULL AND p.region_id IS NULL
""")

_UNFIT: Final = "SELECT coded FROM staged_place UNION SELECT region_id FROM staged_candidate WHERE NOT fits"

# The village is there, in another town or county than the row says.
_ELSEWHERE: Final = text(f"""{_TOLD.replace("@asked", _UNFIT)}, other AS (
    SELECT c.place_id, count(*) AS size, array_to_string((array_agg(t.full_name ORDER BY t.code))[1:6], '、') AS names,
           min(t.above) AS above
    FROM staged_candidate AS c JOIN told AS t ON t.id = c.region_id
    WHERE NOT c.fits AND NOT t.ended AND c.score < 6
    GROUP BY c.place_id
)
UPDATE staged_place AS p
SET severity = 'error',
    problem = CASE WHEN p.coded IS NULL THEN 'region_not_there' ELSE 'region_contradiction' END,
    field = CASE WHEN p.coded IS NOT NULL THEN 'region_code' WHEN p.town_key <> '' THEN 'town' ELSE 'county' END,
    value = p.own,
    suggestion = CASE WHEN o.size = 1 AND p.coded IS NULL AND p.town_key <> '' THEN o.above END,
    data = jsonb_build_object('candidates', o.names, 'code', p.code, 'region', coalesce(t.full_name, ''),
                              'written', p.own)
FROM other AS o JOIN staged_place AS q ON q.id = o.place_id LEFT JOIN told AS t ON t.id = q.coded
WHERE o.place_id = p.id AND p.problem IS NULL AND p.region_id IS NULL
""")

# A county that lies elsewhere; else a town or village that nothing is called.
_NOWHERE: Final = text("""
UPDATE staged_place AS p
SET severity = 'error',
    problem = CASE WHEN n.field = 'county' AND EXISTS (SELECT FROM region AS r
                        WHERE r.level = 'county' AND plain_name(r.short_name) = p.county_key)
                   THEN 'region_outside' ELSE 'region_unknown' END,
    field = n.field, value = n.value, data = jsonb_build_object('region', n.value)
FROM (
    SELECT q.id, w.field, w.value
    FROM staged_place AS q CROSS JOIN LATERAL (
        SELECT CASE WHEN q.county_key <> '' AND NOT EXISTS (SELECT FROM staged_upper AS u
                         WHERE u.place_id = q.id AND u.level = 'county') THEN 'county'
                    WHEN q.town_key <> '' AND NOT EXISTS (SELECT FROM staged_upper AS u
                         WHERE u.place_id = q.id AND u.level = 'town') THEN 'town'
                    WHEN q.own_field = 'village' THEN 'village' END AS field
    ) AS f CROSS JOIN LATERAL (
        SELECT f.field, CASE f.field WHEN 'county' THEN q.county WHEN 'town' THEN q.town ELSE q.own END AS value
    ) AS w
    WHERE q.problem IS NULL AND q.region_id IS NULL
) AS n
WHERE n.id = p.id AND n.field IS NOT NULL
""")
