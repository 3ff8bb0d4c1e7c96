"""Reading holders."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, or_, select

from assets.filters import Filter
from assets.parties.models import Party
from assets.parties.people import called
from assets.parties.visibility import seen_by
from assets.regions.models import Region
from assets.scope import Viewer, within
from assets.search.matching import named_like


def matching(asked: Filter, viewer: Viewer, *columns: Any) -> Select[Any]:
    """The holders that ``asked`` describes and ``viewer`` may see.

    Those of an area are seated in it; who is seated nowhere is told where the area is all that
    the viewer sees.
    """
    statement = select(*columns).select_from(Party).where(seen_by(viewer))
    seated = Party.region_id.in_(select(Region.id).where(within(Region.region_path, asked.area_path)))
    everything = viewer.unbounded or all(reach.path.startswith(asked.area_path) for reach in viewer.reaches)
    statement = statement.where(or_(Party.region_id.is_(None), seated) if everything else seated)
    statement = statement.where(or_(Party.retired_on.is_(None), Party.retired_on > asked.day))
    if asked.party_type:
        statement = statement.where(Party.type.in_(sorted(asked.party_type)))
    if asked.words:
        statement = statement.where(or_(named_like(Party, asked.words), called(asked.words)))
    return statement
