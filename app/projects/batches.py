"""四个一批: how industry projects are sorted, and sorting them."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from app import db
from app.area import current_area, current_filter
from app.i18n import gettext as _
from app.i18n import language
from app.lists.selection import read_selection
from app.projects.columns import PROJECTS
from app.projects.forms import SortForm
from app.records.answering import answer_form, may_write
from assets.errors import InvalidValue, NotAllowed
from assets.indicators.four_batches import four_batches
from assets.projects import labels, queries
from assets.regions.queries import children
from assets.terms import queries as terms

FIRST_YEAR = 2012
_YEARS = 10


def overview() -> str:
    """The four batches of an area and some years, with what is not sorted yet."""
    area, asked = current_area(), current_filter()
    first, last = _years(asked.day.year)
    below = [] if area.level == "village" else list(children(db.session, area, day=asked.day))
    found = four_batches(db.session, area, below, (first, last), asked.day)
    return render_template(
        "projects/four_batches.html",
        found=found,
        below=[region for region in below if region.id in found.below],
        area=area,
        first=first,
        last=last,
        names=terms.names(db.session, "four_batch", day=asked.day, language=language()),
        years=",".join(str(year) for year in range(first, last + 1)),
        unsorted=queries.UNSORTED,
    )


def sort(project_id: int) -> Any:
    """Sort one project."""
    project = queries.get_project(db.session, project_id)
    if not may_write(project):
        raise NotAllowed
    back = url_for("projects.show", project_id=project_id)
    return answer_form(
        SortForm,
        title=_("Sort into four batches"),
        intro=project.name,
        save=lambda form: _save([project_id], form),
        done=lambda _count: back,
        start={"on": db.current_day()},
        back=back,
    )


def sort_many() -> Any:
    """Sort the selected projects."""
    chosen = read_selection(PROJECTS)
    return answer_form(
        SortForm,
        title=_("Sort into four batches"),
        intro=chosen.sentence,
        save=lambda form: _save(chosen.ids, form),
        done=lambda _count: chosen.back(),
        saved=lambda count: _("%(count)s projects are sorted anew.", count=count),
        start={"on": db.current_day()},
        back=chosen.back(),
    )


def _save(ids: Any, form: Any) -> int:
    return labels.sort_projects(
        db.session, ids, **form.values(), today=db.current_day(), confirmed=form.confirmed_keys()
    )


def _years(this_year: int) -> tuple[int, int]:
    last = _year("to", this_year)
    first = _year("from", max(FIRST_YEAR, last - _YEARS + 1))
    return min(first, last), max(first, last)


def _year(name: str, default: int) -> int:
    text = request.args.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise InvalidValue("“{value}” is not a year.", value=text[:40], field=name)
    return int(text)
