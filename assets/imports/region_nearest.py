"""What a misspelled town or village was probably meant to be."""

from __future__ import annotations

from typing import Final

import pyarrow as pa
from sqlalchemy import Column, Integer, MetaData, Table, Text, text

from assets.imports.staging import Staging
from assets.search.words import spell_many

# So many distinct misspelled names are looked after.
MOST: Final = 5_000


def suggest(staging: Staging) -> None:
    """Suggest for unknown names the one that sounds the same, else the one that differs in one sign.

    Two names differ in one sign (changed, added or left out) when leaving one out of each makes
    them the same: no name is compared with every other.
    """
    session = staging.session
    unknown = session.execute(_UNKNOWN, {"most": MOST}).all()
    if not unknown:
        return
    spelled = spell_many(row.key for row in unknown)
    table = Table(
        "staged_unknown",
        MetaData(),
        *(Column("place_id", Integer), Column("level", Text), Column("key", Text), Column("pinyin", Text)),
    )
    session.execute(text("DROP TABLE IF EXISTS staged_unknown"))
    session.execute(
        text(
            f"CREATE TEMPORARY TABLE {table.name} (place_id integer, level text, key text, pinyin text) ON COMMIT DROP"
        )
    )
    columns = {
        "place_id": [row.id for row in unknown],
        "level": [row.level for row in unknown],
        "key": [row.key for row in unknown],
        "pinyin": [spelled[row.key][0] for row in unknown],
    }
    staging.copy(table, pa.table(columns))
    session.execute(text("ANALYZE staged_unknown"))
    session.execute(_NEAREST)


_UNKNOWN: Final = text("""
SELECT id, CASE field WHEN 'town' THEN 'town' ELSE 'village' END AS level,
       CASE field WHEN 'town' THEN town_key ELSE own_key END AS key
FROM staged_place
WHERE problem = 'region_unknown' AND field IN ('town', 'village')
  AND length(CASE field WHEN 'town' THEN town_key ELSE own_key END) BETWEEN 2 AND 20
ORDER BY id LIMIT :most
""")

_NEAREST: Final = text("""
WITH mine AS (
    SELECT u.place_id, u.level, u.key, overlay(u.key placing '' from n for 1) AS rest
    FROM staged_unknown AS u CROSS JOIN LATERAL generate_series(1, length(u.key)) AS n
    UNION SELECT place_id, level, key, key FROM staged_unknown
), theirs AS (
    SELECT k.region_id, k.level, k.key, overlay(k.key placing '' from n for 1) AS rest
    FROM staged_key AS k CROSS JOIN LATERAL generate_series(1, length(k.key)) AS n
    WHERE k.form = 'plain' AND k.level IN (SELECT level FROM staged_unknown)
    UNION SELECT region_id, level, key, key FROM staged_key
    WHERE form = 'plain' AND level IN (SELECT level FROM staged_unknown)
), near AS (
    SELECT u.place_id, r.id, 1 AS rank
    FROM staged_unknown AS u JOIN staged_region AS r ON r.level = u.level AND r.pinyin = u.pinyin
    UNION ALL
    SELECT m.place_id, t.region_id, 2
    FROM mine AS m JOIN theirs AS t ON t.level = m.level AND t.rest = m.rest
    WHERE length(m.rest) > 1 AND right(m.key, 1) = right(t.key, 1)
), fitting AS (
    SELECT DISTINCT n.place_id, r.id, r.short_name, n.rank, min(n.rank) OVER (PARTITION BY n.place_id) AS best
    FROM near AS n
    JOIN staged_region AS r ON r.id = n.id AND NOT r.ended
    JOIN staged_place AS p ON p.id = n.place_id
    WHERE r.inside AND (r.level = 'town' OR p.town_key = '' OR EXISTS (SELECT FROM staged_upper AS u
        WHERE u.place_id = p.id AND u.level = 'town' AND u.region_id = r.town_id))
)
UPDATE staged_place AS p SET suggestion = f.name
FROM (SELECT place_id, min(short_name) AS name FROM fitting WHERE rank = best
      GROUP BY place_id HAVING count(DISTINCT short_name) = 1) AS f
WHERE f.place_id = p.id
""")
