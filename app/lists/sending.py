"""A list, or what is selected of it, taken along: the same rows, columns and order as on the page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import db
from app.area import current_area, current_filter
from app.exports import note_export
from app.frame import demonstration
from app.lists import page as pages
from app.lists.columns import Column, Listing
from app.lists.files import FORMS, LOOK, Form, form_of, hand_over
from app.lists.losses import ENCODINGS, look_through
from app.lists.selection import is_selected, read_selection
from app.lists.tables import MOST_IN_A_CELL, Table, table_of
from app.lists.whole import ASIDE
from app.words import KINDS, WORDS, label
from assets.errors import InvalidValue
from assets.filters import Filter


def send_list(listing: Listing, form: str = "xlsx") -> Response | str:
    """The list, or what is selected of it, as a file; before a Shapefile, a page of what it would lose.

    Parameters
    ----------
    listing : Listing
        The list.
    form : str
        The ending of the address: one of :data:`app.lists.files.FORMS`, or :data:`app.lists.files.LOOK`.

    Raises
    ------
    TooManyRows
        When a file would not be of use.
    """
    spatial = listing.geom is not None
    if form == LOOK and spatial:
        table, total = _read(listing)
        return tell_losses(table, total, endpoint=listing.export, back=listing.endpoint)
    chosen = form_of(form, spatial=spatial)
    encoding = request.args.get("encoding", ENCODINGS[0]).upper()
    if encoding not in ENCODINGS:
        raise InvalidValue("Please choose one of the list.", field="encoding")
    table, total = _read(listing, chosen)
    response = hand_over(table, chosen, name=f"{table.title}-{current_filter().day}", encoding=encoding)
    note_export(table.title if chosen.key == "xlsx" else f"{table.title}.{chosen.key}", total)
    return response


def _read(listing: Listing, form: Form | None = None) -> tuple[Table, int]:
    asked, columns = current_filter(), _columns(listing)
    ids = None
    if is_selected():
        chosen = read_selection(listing, most=pages.MOST_EXPORTED)
        ids = chosen.ids
        if not chosen.all_matching:
            asked = Filter(day=asked.day)
    total, totals = pages.count(db.session, listing, asked, columns, ids=ids)
    if total > pages.MOST_EXPORTED:
        raise pages.TooManyRows(total=total, limit=pages.MOST_EXPORTED)
    notes = _notes(asked, total)
    if listing.aside and (aside := listing.aside.says(totals.pop(ASIDE))):
        notes.append(aside)
    positions = listing.geom.type.geometry_type if listing.geom is not None else ""
    if form and not form.spatial and positions not in ("", "POINT"):
        notes += told_left_out(pages.count_intricate(db.session, listing, asked, MOST_IN_A_CELL, ids=ids))
    rows = pages.every_row(db.session, listing, asked, columns, sort=request.args.get("sort", "")[:40], ids=ids)
    title = f"{current_area().short_name}{listing.title}"
    return table_of(title, notes, columns, rows, totals, asked=asked, positions=positions), total


def told_left_out(intricate: int) -> list[str]:
    """The note on positions that no cell holds, where there are any."""
    if not intricate:
        return []
    return [
        _(
            "%(n)s positions have too many corners for a cell and are left out; a GeoPackage holds them. "
            "Brought back without them, these records keep their positions.",
            n=f"{intricate:,}",
        )
    ]


def tell_losses(table: Table, total: int, *, endpoint: str, back: str, **route: Any) -> str:
    """The page that tells what a Shapefile would lose, and offers both encodings and better forms.

    Parameters
    ----------
    table : Table
        Is read, once.
    total : int
        How many rows it has.
    endpoint, back : str
        Where its files are sent, and the page it was asked on.
    **route : str
        What the address of the files needs besides the form.
    """
    asked: dict[str, Any] = request.args.to_dict(flat=False)
    asked.pop("encoding", None)
    kept = {name: value for name, value in asked.items() if name not in ("ids", "all", "count")}

    def address(form: str, **more: Any) -> str:
        return url_for(endpoint, form=form, **route, **more, **asked)

    return render_template(
        "lists/shapefile.html",
        title=table.title,
        total=total,
        found=[
            (losses.encoding, list(losses.told(table.heads)), address("zip", encoding=losses.encoding))
            for losses in look_through(table)
        ],
        others=[(form.title, address(form.key)) for form in FORMS if form.key in ("gpkg", "geojson")],
        back=url_for(back, **kept),
    )


def _columns(listing: Listing) -> tuple[Column, ...]:
    chosen = listing.chosen(request.cookies.get(f"columns_{listing.name}", ""))
    return listing.carried(tuple(replace(one, value=one.filed) if one.filed else one for one in chosen))


def _notes(asked: Filter, total: int) -> list[str]:
    notes = [_("As of %(day)s, %(total)s rows.", day=asked.day, total=total)]
    chosen = [
        f"{KINDS[kind]}：{label(kind, code)}"
        for kind, words in WORDS.items()
        for code in ",".join(request.args.getlist(kind)).split(",")
        if code in words
    ]
    if asked.year:
        chosen.append(_("Year") + "：" + "、".join(map(str, sorted(asked.year))))
    if asked.words:
        chosen.append(_("Words") + "：" + asked.words)
    if is_selected() and "all" not in request.args:
        chosen = [_("selected by hand")]
    if chosen:
        notes.append(_("Filter") + " — " + "；".join(chosen))
    if demonstration():
        notes.append(_("Demonstration data: persons, operators, figures and faults are invented."))
    return notes
