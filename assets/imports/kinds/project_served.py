"""The villages that projects serve besides their own, as rows list them."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, Column, Integer, Table, Text, func, insert, select, text
from sqlalchemy import delete as delete_from

from assets.imports.beside import beside
from assets.imports.problems import declare
from assets.imports.staging import Staging
from assets.projects.models import ProjectArea
from assets.projects.plausibility import VILLAGES_AT_MOST

declare(
    {
        "served_unknown": "The county has no village or town “{name}”. Please write it as the list of codes does.",
        "served_ambiguous": "“{name}” may be {candidates}. Please write the town before it.",
        "served_many": "A project serves {limit} villages at most.",
    }
)
NAME = "staged_served"


def find_served(staging: Staging) -> Table:
    """The regions that rows list, and the list as the register would write it."""
    session = staging.session
    columns = (
        *(Column("number", Integer), Column("lead", Integer), Column("name", Text)),
        *(Column("region_id", BigInteger), Column("count", Integer), Column("candidates", Text)),
    )
    table = beside(staging, NAME, *columns)
    staging.session.info[NAME] = table
    rows = staging.rows
    if not session.scalar(select(func.count()).select_from(rows).where(rows.c.served.is_not(None))):
        return table
    session.execute(_FIND)
    staging.tell(
        "served_unknown", "served", table.c.count == 0, of=_of(staging, table), value=table.c.name, name=table.c.name
    )
    staging.tell(
        "served_ambiguous",
        "served",
        table.c.count > 1,
        of=_of(staging, table),
        value=table.c.name,
        name=table.c.name,
        candidates=table.c.candidates,
    )
    many = select(table.c.number).group_by(table.c.number).having(func.count() > VILLAGES_AT_MOST).subquery("many")
    staging.tell("served_many", "served", of=rows.join(many, many.c.number == rows.c.number), limit=VILLAGES_AT_MOST)
    session.execute(_WRITE_LIKE_THE_REGISTER)
    return table


def _of(staging: Staging, table: Table) -> Any:
    return staging.rows.join(table, table.c.number == staging.rows.c.number)


# A list names villages by their own names, or with the town before them.
_FIND: Final = text("""
INSERT INTO staged_served (number, lead, name, region_id, count, candidates)
WITH listed AS (
    SELECT r.number, g.lead, r.region_id AS own_id, l.name, regexp_replace(plain_name(l.name), '›', '', 'g') AS key
    FROM staged_row AS r JOIN staged_group AS g USING (number)
    CROSS JOIN LATERAL regexp_split_to_table(r.served, '[、，,;；\\s]+') AS l (name)
    WHERE r.served IS NOT NULL AND l.name <> ''
), met AS (
    SELECT l.number, l.name, k.region_id, CASE k.level WHEN 'village' THEN 1 ELSE 2 END AS rank
    FROM listed AS l JOIN staged_key AS k ON k.key = l.key AND k.level IN ('village', 'town') AND k.form = 'plain'
    UNION ALL
    SELECT l.number, l.name, v.region_id, 0
    FROM listed AS l CROSS JOIN LATERAL generate_series(2, length(l.key) - 1) AS n
    JOIN staged_key AS t ON t.level = 'town' AND t.key = left(l.key, n)
    JOIN staged_key AS v ON v.level = 'village' AND v.key = substr(l.key, n + 1)
    JOIN staged_region AS w ON w.id = v.region_id AND w.town_id = t.region_id
    UNION ALL
    SELECT l.number, l.name, k.region_id, CASE k.level WHEN 'village' THEN 3 ELSE 4 END
    FROM listed AS l JOIN staged_key AS k ON k.key = l.key AND k.level IN ('village', 'town') AND k.form = 'bare'
), ranked AS (
    SELECT DISTINCT m.number, m.name, r.id, r.full_name, m.rank,
           min(m.rank) OVER (PARTITION BY m.number, m.name) AS best
    FROM met AS m JOIN staged_region AS r ON r.id = m.region_id WHERE NOT r.ended
), picked AS (
    SELECT number, name, min(id) AS id, count(DISTINCT id) AS count,
           array_to_string((array_agg(DISTINCT full_name))[1:6], '、') AS candidates
    FROM ranked WHERE rank = best GROUP BY number, name
)
SELECT DISTINCT l.number, l.lead, l.name, p.id, coalesce(p.count, 0), p.candidates
FROM listed AS l LEFT JOIN picked AS p ON p.number = l.number AND p.name = l.name
WHERE p.id IS DISTINCT FROM l.own_id
""")

_WRITE_LIKE_THE_REGISTER: Final = text("""
UPDATE staged_row AS r SET served = w.served
FROM (
    SELECT s.number, string_agg(p.short_name, '、' ORDER BY p.code) AS served
    FROM (SELECT DISTINCT number, region_id FROM staged_served WHERE count = 1) AS s
    JOIN staged_region AS p ON p.id = s.region_id
    GROUP BY s.number
) AS w
WHERE w.number = r.number AND NOT EXISTS (SELECT FROM staged_served AS s WHERE s.number = r.number AND s.count <> 1)
""")


def write_served(staging: Staging, groups: Table) -> None:
    """Let projects serve what their rows list; what others see besides stays."""
    rows, session, served = staging.rows, staging.session, staging.session.info[NAME]
    listing = (
        select(rows.c.record_id, groups.c.lead)
        .select_from(rows.join(groups, groups.c.number == rows.c.number))
        .where(staging.new | (staging.changed & staging.says("served")), rows.c.served.is_not(None))
        .distinct()
        .subquery("listing")
    )
    wanted = (
        select(listing.c.record_id, served.c.region_id)
        .join(listing, listing.c.lead == served.c.lead)
        .where(served.c.region_id.is_not(None))
    )
    pairs = wanted.distinct().subquery("pairs")
    kept = select(pairs.c.region_id).where(
        pairs.c.record_id == ProjectArea.project_id, pairs.c.region_id == ProjectArea.region_id
    )
    session.execute(
        delete_from(ProjectArea)
        .where(ProjectArea.project_id.in_(select(listing.c.record_id)), ~kept.exists(), staging.seen(ProjectArea))
        .execution_options(synchronize_session=False)
    )
    there = select(ProjectArea.id).where(
        ProjectArea.project_id == pairs.c.record_id, ProjectArea.region_id == pairs.c.region_id
    )
    fresh = select(pairs.c.record_id, pairs.c.region_id).where(~there.exists())
    session.execute(insert(ProjectArea).from_select(["project_id", "region_id"], fresh))
