"""Views of the map room."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from app import db
from app.area import KEPT, breadcrumb, current_area, current_filter
from app.exports import note_export
from app.frame import demonstration
from app.i18n import language
from app.map import features, reading, workbench
from app.map.layers import BADGE_KINDS, LISTED
from assets import filters
from assets.errors import InvalidValue, NotFound
from assets.regions import positions
from assets.regions import queries as regions
from assets.terms import queries as terms

bp = Blueprint("map", __name__, url_prefix="/map")


@bp.get("/")
def index() -> str | AnyResponse:
    """The workbench; an address that cannot be used as it stands is put right first."""
    kept = _usable(request.args)
    if kept is not None:
        flash(_("Part of the address could not be used and was left out."), "hint")
        return redirect(url_for("map.index", **kept))  # type: ignore[arg-type]
    area = current_area()
    return render_template("map/index.html", area=area, desk=workbench.settings(area))


def _usable(args: MultiDict[str, str]) -> dict[str, list[str]] | None:
    """The address without its unusable parts; None when all of it can be used."""
    day, dropped = db.current_day(), set()
    for key in [*KEPT]:
        if key == "area":
            continue
        try:
            filters.parse({key: args.getlist(key)}, day=day, area_path="/")
        except InvalidValue:
            dropped.add(key)
    if args.get("area"):
        try:
            current_area()
        except NotFound:
            dropped.add("area")
    if not dropped:
        return None
    return {key: args.getlist(key) for key in args if key not in dropped}


@bp.get("/areas")
def areas() -> str:
    """The areas one level below, as a menu that leads to the same page there."""
    area = current_area()
    below = [
        region
        for region in regions.children(db.session, area, day=db.current_day())
        if g.viewer.touches(region.region_path)
    ]
    page = request.args.get("page", "map.index")
    return render_template("map/_areas.html", areas=below, page=workbench.safe_page(page))


@bp.get("/area.json")
def area() -> Response:
    """Where an area lies and what stands above it."""
    found = current_area()
    return jsonify(
        code=regions.handle(found),
        name=found.short_name,
        level=found.level,
        bounds=positions.extent(db.session, found),
        above=[{"code": regions.handle(region), "name": region.short_name} for region in breadcrumb()],
    )


@bp.get("/counts.json")
def counts() -> Response:
    """Counts in view per layer and colour: ``by=assets:status,projects:stage``."""
    asked, box = current_filter(), reading.parse_box(request.args.get("bbox", ""))
    answer = {}
    for pair in request.args.get("by", "").split(",")[: len(LISTED)]:
        layer, _sign, shade = pair.partition(":")
        if layer:
            answer[layer] = reading.counts(db.session, layer, shade, asked, box)
    return jsonify(answer)


@bp.get("/keys.json")
def keys() -> Response:
    """Key-assistance and demonstration villages as points."""
    return jsonify(
        type="FeatureCollection",
        features=[
            {
                "type": "Feature",
                "id": row.id,
                "geometry": {"type": "Point", "coordinates": [row.lng, row.lat]},
                "properties": {"name": row.name, "key": row.key, "demonstration": row.demonstration},
            }
            for row in reading.key_villages(db.session, current_filter())
        ],
    )


@bp.get("/list")
def rows() -> str:
    """The records in view, one page."""
    layer = request.args.get("layer", "assets")
    found = reading.rows(
        db.session,
        layer,
        current_filter(),
        reading.parse_box(request.args.get("bbox", "")),
        sort=request.args.get("sort", "")[:20],
        page=request.args.get("page", 1, type=int),
    )
    names = terms.names(db.session, "facility_type", day=db.current_day(), language=language())
    return render_template(
        "map/_list.html",
        layer=layer,
        found=found,
        kind=BADGE_KINDS[layer],
        orders=list(LISTED[layer].orders),
        facility_names=names,
        whole=workbench.whole_list(layer),
    )


@bp.get("/feature/<layer>/<int:record_id>")
def feature(layer: str, record_id: int) -> str:
    """The facts of one record, for the drawer."""
    if layer not in features.READERS or record_id > 2**62:
        abort(404)
    facts = features.READERS[layer](db.session, record_id, current_filter())
    centre = features.centre_of(facts["record"].geom)
    return render_template(f"map/_{layer}.html", centre=centre, **facts)


@bp.get("/strip")
def strip() -> str:
    """What waits for a planner in this area, as four figures that set filters."""
    return render_template("map/_strip.html", figures=reading.strip(db.session, current_filter()))


@bp.get("/handover.html")
def handover() -> AnyResponse | str:
    """The current view as one HTML file."""
    from app.map import handover as sheet

    drawn = sheet.draw(demonstration())
    if isinstance(drawn, sheet.TooMany):
        return render_template("map/too_many.html", size=drawn.size, limit=drawn.limit, counts=drawn.counts_address)
    note_export(drawn.title)
    response = Response(drawn.page, content_type="text/html; charset=utf-8")
    response.headers["Content-Disposition"] = sheet.attachment(drawn.title)
    return response
