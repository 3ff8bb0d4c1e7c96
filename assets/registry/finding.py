"""How typed words find assets: by name, pinyin and code, and by the code another system gave them."""

from __future__ import annotations

import re

from sqlalchemy import ColumnElement, select, union

from assets.registry.models import Asset, OutsideCode
from assets.search.matching import named_like
from assets.terms.models import Term

_CODE = re.compile(r"(?=.*\d)[0-9A-Za-z-]{5,60}")


def assets_like(words: str, *, compares_names: bool = False) -> ColumnElement[bool]:
    """The criterion that ``words`` fit an asset; a whole code of another system fits too."""
    if not _CODE.fullmatch(words):
        return named_like(Asset, words, compares_names=compares_names)
    # By system and code together, as the index has them.
    systems = select(Term.code).where(Term.kind == "code_system")
    elsewhere = select(OutsideCode.asset_id).where(
        OutsideCode.system.in_(systems), OutsideCode.code.in_({words, words.upper()})
    )
    return Asset.id.in_(union(select(Asset.id).where(named_like(Asset, words)), elsewhere))
