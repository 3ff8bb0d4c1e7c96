"""Which regions a row's code, names or address may mean: candidates, each with how well it fits."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import text

from assets.imports.region_keys import above_of, endings, home_of
from assets.imports.staging import Staging

# What may follow a village's name that was written without its ending: 大力三组, 大力村委会.
_AFTER: Final = r"^(?:$|村|社区|居委|第?[0-9一二三四五六七八九十百]+[村组社队]|[东西南北中上下老新]?[组社队])"
# What follows a town's name where the whole town is meant.
_WHOLE_TOWN: Final = r"^(?:人民)?(?:政府|机关|街道?|集镇|境内|全镇|全乡|各村|辖区|镇区|驻地)?$"


def collect(staging: Staging, staged: set[str]) -> None:
    """Make ``staged_place``, every distinct way of naming a place, and ``staged_where``, which row says which."""
    session = staging.session
    said = {key: f"coalesce(s.{key}, '')" if key in staged else "''" for key in ("region_code", "county", "town")}
    village = "coalesce(s.village, '')" if "village" in staged else "''"
    code = said["region_code"]
    # An address adds nothing to a code or a village; without it far fewer places are distinct.
    place = (
        f"CASE WHEN {code} = '' AND {village} = '' THEN coalesce(s.place, '') ELSE '' END"
        if "place" in staged
        else "''"
    )
    for table in ("staged_place", "staged_where", "staged_upper", "staged_candidate"):
        session.execute(text(f"DROP TABLE IF EXISTS {table}"))
    chosen = (
        f"{code} AS code, {said['county']} AS county, {said['town']} AS town, {village} AS village, {place} AS place"
    )
    session.execute(text(_PLACES.replace("@chosen", chosen)))
    session.execute(text(_WHERE.replace("@chosen", chosen)))
    session.execute(_KEYED, endings())
    session.execute(text("ANALYZE staged_place"))
    session.execute(_EMPTY_UPPER)
    session.execute(_EMPTY_CANDIDATE)


def find(staging: Staging) -> None:
    """Fill ``staged_candidate``: the lower ``score``, the surer; ``fits`` what else the row says."""
    session = staging.session
    levels = list(staging.kind.levels or ())
    given: dict[str, Any] = {"today": staging.context.today, "levels": levels}
    session.execute(_CODED, given)
    # Else the planner believes that no place has a code, and compares each with all regions.
    session.execute(text("ANALYZE staged_place"))
    for level in ("county", "town"):
        session.execute(_UPPER, {"level": level})
    session.execute(text("CREATE INDEX ON staged_upper (place_id, level)"))
    session.execute(text("ANALYZE staged_upper"))
    session.execute(_NAMED)
    home = home_of(staging)
    above = "".join(f"(?:{name}|{name[:-1]})?" for name in above_of(session, home) if len(name) > 2)
    session.execute(_READ, {"above": f"^{above}", "after": _AFTER, "whole": _WHOLE_TOWN})
    session.execute(_ELSEWHERE)
    session.execute(_ALONE)
    session.execute(text("ANALYZE staged_candidate"))


_PLACES: Final = """
CREATE TEMPORARY TABLE staged_place ON COMMIT DROP AS
SELECT row_number() OVER ()::integer AS id, d.*, ''::text AS digits, ''::text AS county_key, ''::text AS county_bare,
       ''::text AS town_key, ''::text AS town_bare, ''::text AS own, ''::text AS own_field, ''::text AS own_key,
       ''::text AS own_bare, NULL::bigint AS coded, NULL::text AS coded_path, NULL::text AS coded_level,
       NULL::bigint AS region_id, NULL::text AS region_path, NULL::text AS problem, NULL::text AS severity,
       NULL::text AS field, NULL::text AS value, NULL::text AS suggestion, NULL::jsonb AS data
FROM (SELECT DISTINCT @chosen FROM staged_row AS s) AS d
"""

_WHERE: Final = """
CREATE TEMPORARY TABLE staged_where ON COMMIT DROP AS
SELECT c.number, p.id AS place_id
FROM (SELECT s.number, @chosen FROM staged_row AS s) AS c
JOIN staged_place AS p USING (code, county, town, village, place)
"""

# A place chosen among suggestions is written with ›; what the town's column says no longer counts.
_KEYED: Final = text("""
WITH said AS (
    SELECT id, regexp_replace(regexp_replace(normalize(code, NFKC), '\\s', '', 'g'), '[.]0+$', '') AS digits,
           plain_name(county) AS county,
           CASE WHEN village LIKE '%›%' THEN '' ELSE plain_name(town) END AS town,
           CASE WHEN village <> '' THEN village ELSE place END AS own
    FROM staged_place
), plain AS (
    SELECT *, regexp_replace(plain_name(own), '[›/|>]', '', 'g') AS own_key FROM said
)
UPDATE staged_place AS p
SET digits = plain.digits, county_key = plain.county, town_key = plain.town, own = plain.own, own_key = plain.own_key,
    own_field = CASE WHEN village <> '' THEN 'village' WHEN place <> '' THEN 'place' ELSE '' END,
    county_bare = regexp_replace(plain.county, :county_ending, '\\1'),
    town_bare = regexp_replace(plain.town, :town_ending, '\\1'),
    own_bare = regexp_replace(plain.own_key, :village_ending, '\\1')
FROM plain WHERE plain.id = p.id
""")

_EMPTY_UPPER: Final = text("""
CREATE TEMPORARY TABLE staged_upper (place_id integer, level text, region_id bigint, heir boolean) ON COMMIT DROP
""")

_EMPTY_CANDIDATE: Final = text("""
CREATE TEMPORARY TABLE staged_candidate (place_id integer, region_id bigint, score integer, fits boolean) ON COMMIT DROP
""")

# The significant digits of towns and counties, and codes whose zeros were cut off, are made whole again.
_CODED: Final = text("""
UPDATE staged_place AS p SET coded = c.id, coded_path = c.region_path, coded_level = c.level
FROM (
    SELECT DISTINCT ON (p.id) p.id AS place_id, r.id, r.region_path, r.level
    FROM staged_place AS p JOIN region AS r ON r.code = rpad(p.digits, 12, '0')
    WHERE p.digits ~ '^[0-9]{2,12}$' AND r.valid_from <= :today
    ORDER BY p.id, coalesce(r.valid_to <= :today, false), r.level <> ALL (CAST(:levels AS text[])),
             array_position(ARRAY['village', 'town', 'county', 'city', 'province', 'nation'], r.level),
             r.valid_from DESC
) AS c
WHERE c.place_id = p.id
""")

# What an ended town became counts as the town, since its villages went there.
_UPPER: Final = text("""
WITH said AS (
    SELECT p.id, p.county_key AS key, p.county_bare AS bare, NULL::bigint AS county_id
    FROM staged_place AS p WHERE :level = 'county' AND p.county_key <> ''
    UNION ALL
    SELECT p.id, p.town_key, p.town_bare, c.region_id
    FROM staged_place AS p LEFT JOIN staged_upper AS c ON c.place_id = p.id AND c.level = 'county'
    WHERE :level = 'town' AND p.town_key <> ''
), met AS (
    SELECT m.id AS place_id, m.region_id, min(m.rank) AS rank
    FROM (
        SELECT s.id, k.region_id, 1 AS rank
        FROM said AS s JOIN staged_key AS k ON k.level = :level AND k.form = 'plain' AND k.key = s.key
        WHERE s.county_id IS NULL OR k.county_id = s.county_id
        UNION ALL
        SELECT s.id, k.region_id, 2
        FROM said AS s JOIN staged_key AS k ON k.level = :level AND k.form = 'bare' AND k.key = s.bare
        WHERE s.bare <> '' AND (s.county_id IS NULL OR k.county_id = s.county_id)
    ) AS m
    GROUP BY m.id, m.region_id
), best AS (
    SELECT m.place_id, m.region_id
    FROM (SELECT *, min(rank) OVER (PARTITION BY place_id) AS first FROM met) AS m
    WHERE m.rank = m.first
)
INSERT INTO staged_upper (place_id, level, region_id, heir)
SELECT place_id, :level, region_id, false FROM best
UNION SELECT b.place_id, :level, s.successor_id, true FROM best AS b JOIN region_successor AS s USING (region_id)
""")

_FITS: Final = """
(p.town_key = '' OR EXISTS (SELECT FROM staged_upper AS u
    WHERE u.place_id = p.id AND u.level = 'town' AND u.region_id = r.town_id))
AND (p.county_key = '' OR EXISTS (SELECT FROM staged_upper AS u
    WHERE u.place_id = p.id AND u.level = 'county' AND u.region_id = r.county_id))
AND (p.coded IS NULL OR starts_with(r.path, p.coded_path))
"""

# 1 called so, 2 but for the ending, 3 called so once, 4 with the other ending (村, 社区), 5 once but for the ending.
_SCORE: Final = """
CASE WHEN r.ended THEN CASE m.form WHEN 'plain' THEN 3 ELSE 5 END
     WHEN m.form = 'plain' THEN 1
     WHEN r.kind = 'community' AND p.own_key ~ '(村|村委会|村民委员会)$' THEN 4
     WHEN r.kind = 'village' AND p.own_key ~ '(社区|居委会|居民委员会)$' THEN 4
     ELSE 2 END
"""

_NAMED: Final = text(f"""
INSERT INTO staged_candidate (place_id, region_id, score, fits)
SELECT p.id, r.id, min({_SCORE}), {_FITS}
FROM staged_place AS p
JOIN (
    SELECT q.id AS place_id, k.region_id, k.form
    FROM staged_place AS q JOIN staged_upper AS u ON u.place_id = q.id AND u.level = 'town'
    JOIN staged_key AS k ON k.level = 'village' AND k.town_id = u.region_id
     AND k.key = CASE k.form WHEN 'plain' THEN q.own_key ELSE q.own_bare END
    UNION ALL
    SELECT q.id, k.region_id, k.form
    FROM staged_place AS q JOIN staged_upper AS u ON u.place_id = q.id AND u.level = 'county'
    JOIN staged_key AS k ON k.level = 'village' AND k.form = 'plain' AND k.key = q.own_key AND k.county_id = u.region_id
    WHERE q.town_key = ''
    UNION ALL
    SELECT q.id, k.region_id, k.form
    FROM staged_place AS q JOIN staged_upper AS u ON u.place_id = q.id AND u.level = 'county'
    JOIN staged_key AS k ON k.level = 'village' AND k.form = 'bare' AND k.key = q.own_bare AND k.county_id = u.region_id
    WHERE q.town_key = ''
    UNION ALL
    SELECT q.id, k.region_id, k.form FROM staged_place AS q
    JOIN staged_key AS k ON k.level = 'village' AND k.form = 'plain' AND k.key = q.own_key
    WHERE q.town_key = '' AND q.county_key = ''
    UNION ALL
    SELECT q.id, k.region_id, k.form FROM staged_place AS q
    JOIN staged_key AS k ON k.level = 'village' AND k.form = 'bare' AND k.key = q.own_bare
    WHERE q.town_key = '' AND q.county_key = ''
) AS m ON m.place_id = p.id
JOIN staged_region AS r ON r.id = m.region_id
WHERE p.own_key <> '' AND p.coded_level IS DISTINCT FROM 'village'
GROUP BY p.id, p.town_key, p.county_key, p.coded, p.coded_path, r.id, r.town_id, r.county_id, r.path
""")

# What is called so elsewhere is looked for only where nothing was found that fits.
_ELSEWHERE: Final = text(f"""
WITH lost AS MATERIALIZED (
    SELECT p.* FROM staged_place AS p
    WHERE p.own_field = 'village' AND p.own_key <> '' AND p.coded_level IS DISTINCT FROM 'village'
      AND (p.town_key <> '' OR p.county_key <> '')
      AND NOT EXISTS (SELECT FROM staged_candidate AS c WHERE c.place_id = p.id AND c.fits)
)
INSERT INTO staged_candidate (place_id, region_id, score, fits)
SELECT p.id, r.id, min({_SCORE}), {_FITS}
FROM lost AS p
JOIN (
    SELECT q.id AS place_id, k.region_id, k.form FROM lost AS q
    JOIN staged_key AS k ON k.level = 'village' AND k.form = 'plain' AND k.key = q.own_key
    UNION ALL
    SELECT q.id, k.region_id, k.form FROM lost AS q
    JOIN staged_key AS k ON k.level = 'village' AND k.form = 'bare' AND k.key = q.own_bare
) AS m ON m.place_id = p.id
JOIN staged_region AS r ON r.id = m.region_id
WHERE NOT EXISTS (SELECT FROM staged_candidate AS c WHERE c.place_id = p.id AND c.region_id = r.id)
GROUP BY p.id, p.town_key, p.county_key, p.coded, p.coded_path, r.id, r.town_id, r.county_id, r.path
""")


# An address is read from its beginning: county, town, village; the reading that explains most of it counts.
_READ: Final = text(f"""
WITH unread AS MATERIALIZED (
    SELECT p.id, regexp_replace(p.own_key, :above, '') AS rest, p.county_key <> '' AS in_county FROM staged_place AS p
    WHERE p.own_key <> '' AND p.coded_level IS DISTINCT FROM 'village'
      AND NOT EXISTS (SELECT FROM staged_candidate AS c WHERE c.place_id = p.id AND c.fits)
), begun AS MATERIALIZED (
    SELECT u.id, u.rest, c.region_id AS county_id, 0 AS used
    FROM unread AS u LEFT JOIN staged_upper AS c ON c.place_id = u.id AND c.level = 'county'
    UNION ALL
    SELECT u.id, substr(u.rest, n + 1), k.region_id, n
    FROM unread AS u CROSS JOIN LATERAL generate_series(2, least(length(u.rest), 12)) AS n
    JOIN staged_key AS k ON k.level = 'county' AND k.key = left(u.rest, n)
    WHERE NOT u.in_county OR EXISTS (SELECT FROM staged_upper AS c
        WHERE c.place_id = u.id AND c.level = 'county' AND c.region_id = k.region_id)
), in_town AS MATERIALIZED (
    SELECT b.id, substr(b.rest, n + 1) AS rest, k.region_id AS town_id, b.used + n AS used, k.form
    FROM begun AS b CROSS JOIN LATERAL generate_series(2, least(length(b.rest), 15)) AS n
    JOIN staged_key AS k ON k.level = 'town' AND k.key = left(b.rest, n)
     AND (b.county_id IS NULL OR k.county_id = b.county_id)
), townless AS MATERIALIZED (
    SELECT b.* FROM begun AS b
    WHERE NOT EXISTS (SELECT FROM in_town AS t WHERE t.id = b.id AND t.form = 'plain')
), reached AS MATERIALIZED (
    SELECT id, rest, town_id, used FROM in_town
    UNION SELECT t.id, t.rest, s.successor_id, t.used FROM in_town AS t
    JOIN region_successor AS s ON s.region_id = t.town_id
), met AS (
    SELECT o.id, k.region_id, o.used + n AS used, k.form
    FROM reached AS o CROSS JOIN LATERAL generate_series(1, least(length(o.rest), 20)) AS n
    JOIN staged_key AS k ON k.level = 'village' AND k.key = left(o.rest, n) AND k.town_id = o.town_id
    WHERE k.form = 'plain' OR substr(o.rest, n + 1) ~ :after
    UNION ALL
    SELECT o.id, k.region_id, o.used + n, k.form
    FROM townless AS o CROSS JOIN LATERAL generate_series(2, least(length(o.rest), 20)) AS n
    JOIN staged_key AS k ON k.level = 'village' AND k.key = left(o.rest, n) AND k.county_id = o.county_id
    WHERE k.form = 'plain' OR substr(o.rest, n + 1) ~ :after
    UNION ALL
    SELECT o.id, k.region_id, o.used + n, k.form
    FROM townless AS o CROSS JOIN LATERAL generate_series(2, least(length(o.rest), 20)) AS n
    JOIN staged_key AS k ON k.level = 'village' AND k.key = left(o.rest, n)
    WHERE o.county_id IS NULL AND (k.form = 'plain' OR substr(o.rest, n + 1) ~ :after)
    UNION ALL
    SELECT o.id, o.town_id, o.used, CASE WHEN o.rest ~ :whole THEN 'plain' ELSE 'town' END FROM in_town AS o
), most AS (
    SELECT id, region_id, min(CASE form WHEN 'plain' THEN 1 WHEN 'bare' THEN 2 ELSE 6 END) AS score,
           max(used) AS used, max(max(used)) OVER (PARTITION BY id) AS most
    FROM met GROUP BY id, region_id
)
INSERT INTO staged_candidate (place_id, region_id, score, fits)
SELECT p.id, r.id, CASE WHEN r.ended THEN m.score + 2 ELSE m.score END, {_FITS}
FROM most AS m
JOIN staged_place AS p ON p.id = m.id
JOIN staged_region AS r ON r.id = m.region_id
WHERE m.used = m.most
  AND NOT EXISTS (SELECT FROM staged_candidate AS c WHERE c.place_id = p.id AND c.region_id = r.id)
""")

# Where no village is named, the town is meant, or the county; so it is where an address adds nothing known to its town.
_ALONE: Final = text(f"""
INSERT INTO staged_candidate (place_id, region_id, score, fits)
SELECT p.id, r.id, CASE WHEN p.own_key <> '' THEN 6 WHEN r.ended THEN 3 ELSE 1 END, {_FITS}
FROM staged_place AS p
JOIN staged_upper AS u ON u.place_id = p.id AND u.level = CASE WHEN p.town_key <> '' THEN 'town' ELSE 'county' END
 AND NOT u.heir
JOIN staged_region AS r ON r.id = u.region_id
WHERE (p.own_key = '' OR (p.own_field = 'place' AND p.town_key <> ''))
  AND NOT EXISTS (SELECT FROM staged_candidate AS c WHERE c.place_id = p.id AND c.fits)
""")
