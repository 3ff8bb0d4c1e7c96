"""Workbooks that go out: empty ones to fill in, and ledgers with their cells marked."""

from __future__ import annotations

import io
from urllib.parse import quote

from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import aliased

from app import db
from app.i18n import gettext as _
from app.i18n import language
from app.imports.labels import choices_of
from assets.imports.fields import Kind
from assets.imports.templates import TemplateWords, write_template
from assets.regions.models import Region
from assets.regions.queries import valid_on
from assets.scope import within

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def send_template(kind: Kind, area: Region) -> Response:
    """An empty ledger of one kind, with the words and the places of the area to choose from."""
    today = db.current_day()
    words = TemplateWords(
        translate=lambda message: str(_(message)) if message else "",
        choices=choices_of(kind, today=today),
        places=_places(area),
    )
    target = io.BytesIO()
    write_template(kind, language=language(), words=words, target=target)
    name = f"{_(kind.title)}-{_('Template')}-{area.short_name}.xlsx"
    return sent(target.getvalue(), name)


def sent(content: bytes, name: str) -> Response:
    """A workbook as a file."""
    response = Response(content, content_type=XLSX)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def _places(area: Region) -> list[tuple[str, str]]:
    """Towns and villages, in the order of their codes."""
    town = aliased(Region)
    found = db.session.execute(
        select(town.short_name, Region.short_name)
        .join(town, town.id == Region.parent_id)
        .where(Region.level == "village", within(Region.region_path, area.region_path), valid_on(db.current_day()))
        .order_by(town.code, Region.code)
    )
    return [(above, name) for above, name in found]
