"""Assets that may be the same thing: nearly the same name in one place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, func, literal, or_, select, true
from sqlalchemy.orm import Session

from assets.regions.models import Region
from assets.registry.models import Asset

NEARLY = 0.3
IN_BRACKETS = "[(（]([^)）]+)[)）]"
NUMBERS = "[^0-9一二三四五六七八九十百]+"


def similar_assets(
    session: Session, name: str, region_id: int, *, type: str | None = None, but: int | None = None, limit: int = 5
) -> Sequence[Any]:
    """The assets of one place whose names are nearly ``name``: id, code, name; the likest first.

    Compared is what a name says beside the place: 八渡村公厕 and 八渡村公路 differ. Names with
    different numbers (2座, 3座) or different words in brackets (下河组, 桥头组) mean different
    things, and so do different types.
    """
    place = select(func.plain_name(Region.short_name)).where(Region.id == region_id).scalar_subquery()

    def bare(text: Any) -> Any:
        return func.replace(func.plain_name(text), place, "")

    def numbers(text: Any) -> Any:
        return func.regexp_replace(func.plain_name(text), NUMBERS, "", "g")

    def bracketed(text: Any) -> Any:
        return func.substring(text, IN_BRACKETS)

    given: Any = literal(name)
    likeness = func.similarity(bare(Asset.name), bare(given))
    same = func.plain_name(Asset.name) == func.plain_name(given)
    one_group = func.coalesce(bracketed(Asset.name) == bracketed(given), true())
    nearly = and_(numbers(Asset.name) == numbers(given), one_group, likeness >= NEARLY)
    if type is not None:
        nearly = and_(nearly, or_(Asset.type.is_(None), Asset.type == type))
    statement = (
        select(Asset.id, Asset.code, Asset.name)
        .where(Asset.region_id == region_id, Asset.retired_on.is_(None), Asset.disposed_on.is_(None), or_(same, nearly))
        .order_by(same.desc(), likeness.desc(), Asset.id)
        .limit(limit)
    )
    return session.execute(statement.where(Asset.id != but) if but is not None else statement).all()
