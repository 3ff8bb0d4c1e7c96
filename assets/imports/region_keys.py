"""The regions that a ledger may name, and every way of writing their names, in temporary tables."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from assets.imports.staging import Staging
from assets.regions.models import Region

# What a name may end with, and is known without; several may follow each other (村村委会).
ENDINGS: Final = {
    "county": "自治县|矿区|林区|新区|特区|自治旗|县|区|市|旗",
    "town": "人民政府|政府|街道办事处|办事处|街道办|街道|民族乡|镇|乡|苏木",
    "village": "村民委员会|居民委员会|村委会|居委会|委员会|社区|村|嘎查",
}


def gather(staging: Staging) -> None:
    """Make ``staged_region`` and ``staged_key``: whatever lies in the county a ledger is of, or in its area.

    A key is a name without blanks and signs (``plain``), or also without its ending (``bare``).
    Ended regions are among them, since ledgers name them for years.
    """
    home = home_of(staging)
    session = staging.session
    for table in ("staged_region", "staged_key"):
        session.execute(text(f"DROP TABLE IF EXISTS {table}"))
    session.execute(_REGIONS, _scope(staging, home))
    session.execute(_KEYS, endings())
    session.execute(text("CREATE INDEX ON staged_key (key, level, town_id)"))
    session.execute(text("CREATE INDEX ON staged_key (region_id)"))
    for table in ("staged_region", "staged_key"):
        session.execute(text(f"ANALYZE {table}"))


def home_of(staging: Staging) -> Region:
    """The county a ledger is of; its area where that lies above counties."""
    session = staging.session
    area = session.get_one(Region, staging.batch.region_id)
    while area.level in ("town", "village") and area.parent_id is not None:
        area = session.get_one(Region, area.parent_id)
    return area


def above_of(session: Session, region: Region) -> list[str]:
    """The names that addresses begin with: those of a region and of all above it, from the root down."""
    ids = [int(step) for step in region.region_path.strip("/").split("/")]
    rows = session.scalars(select(Region.short_name).where(Region.id.in_(ids)).order_by(Region.region_path))
    return list(rows)


def endings() -> dict[str, str]:
    """For each level the expression that finds a name's ending, as the statements take it."""
    return {f"{level}_ending": f"(.)(?:{listed})+$" for level, listed in ENDINGS.items()}


def _scope(staging: Staging, home: Region) -> dict[str, object]:
    def upper(path: str) -> str:
        return path[:-1] + "0"

    area = staging.batch.region_path
    return {
        "low": home.region_path,
        "high": upper(home.region_path),
        "area_low": area,
        "area_high": upper(area),
        "today": staging.context.today,
    }


_REGIONS: Final = text("""
CREATE TEMPORARY TABLE staged_region ON COMMIT DROP AS
SELECT r.id, r.level, r.code, r.kind, r.short_name, r.name, r.pinyin, r.region_path AS path,
       r.valid_to AS ended_on, coalesce(r.valid_to <= :today, false) AS ended,
       r.region_path >= :area_low AND r.region_path < :area_high AS inside,
       CASE r.level WHEN 'village' THEN up.id WHEN 'town' THEN r.id END AS town_id,
       CASE r.level WHEN 'village' THEN up.parent_id WHEN 'town' THEN r.parent_id WHEN 'county' THEN r.id END
           AS county_id,
       CASE WHEN r.level = 'village' THEN coalesce(up.short_name || ' › ', '') ELSE '' END || r.short_name AS full_name
FROM region AS r LEFT JOIN region AS up ON up.id = r.parent_id
WHERE r.region_path >= :low AND r.region_path < :high AND r.level IN ('county', 'town', 'village')
  AND r.valid_from <= :today
""")

_KEYS: Final = text("""
CREATE TEMPORARY TABLE staged_key ON COMMIT DROP AS
WITH named AS (
    SELECT id, level, town_id, county_id, plain_name(short_name) AS key FROM staged_region
    UNION SELECT id, level, town_id, county_id, plain_name(name) FROM staged_region WHERE name <> short_name
)
SELECT id AS region_id, level, town_id, county_id, key, 'plain' AS form FROM named
UNION
SELECT id, level, town_id, county_id, CASE level WHEN 'county' THEN regexp_replace(key, :county_ending, '\\1')
                             WHEN 'town' THEN regexp_replace(key, :town_ending, '\\1')
                             ELSE regexp_replace(key, :village_ending, '\\1') END, 'bare'
FROM named
""")
