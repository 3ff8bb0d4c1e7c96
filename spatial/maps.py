"""Maps to hand over: one HTML file with everything inside, opening without a network."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Final

import folium
from branca.element import Element, MacroElement
from folium.template import Template

from spatial.errors import MapError
from spatial.map_content import MapLayer, Symbol, encoded_layer, script_json

__all__ = ["MAX_FEATURES", "MapLayer", "MapView", "MapWords", "Symbol", "hand_over_map"]

MAX_FEATURES: Final = 20_000

# Nothing may leave the file, whatever stands in its data.
_POLICY: Final = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
_LEAFLET: Final = ("leaflet", "dist")


@dataclass(frozen=True)
class MapView:
    """Where a map opens: longitude and latitude of its middle in degrees, and the zoom."""

    lon: float
    lat: float
    zoom: int


@dataclass(frozen=True)
class MapWords:
    """The few words of the map's own controls, translated."""

    zoom_in: str = "放大"
    zoom_out: str = "缩小"
    close: str = "关闭"


def hand_over_map(
    layers: Sequence[MapLayer],
    *,
    title: str,
    node_modules: Path,
    notes: Sequence[str] = (),
    mark: str = "",
    view: MapView | None = None,
    language: str = "zh-CN",
    words: MapWords | None = None,
    max_features: int = MAX_FEATURES,
) -> str:
    """Draw layers on one HTML page that needs nothing else.

    Parameters
    ----------
    layers
        From the lowest to the topmost.
    title
        Heading of the map and of the page.
    node_modules
        Folder of installed front-end packages; ``leaflet`` is taken from it.
    notes
        Lines under the legend: date, source, reservations.
    mark
        Short word that stands beside the map, such as 演示数据 · 示意.
    view
        Where the map opens; None to show everything.
    language
        Language of the page (BCP 47).
    words
        Translated words of the controls.
    max_features
        Most features in all layers together.

    Returns
    -------
    str
        The whole page. The same input gives the same page.

    Raises
    ------
    MapError
        ``too_many`` features, a missing column or coordinate system, or Leaflet not being
        installed.
    """
    size = sum(len(layer.data) for layer in layers)
    if size > max_features:
        raise MapError("too_many", size=size, limit=max_features)
    content: dict[str, Any] = {
        "title": title,
        "notes": list(notes),
        "mark": mark,
        "words": asdict(words or MapWords()),
        "layers": [encoded_layer(layer) for layer in layers],
        "bounds": None if view else _bounds(layers),
    }
    drawn = _page_map(view)
    drawn.add_child(_Drawing(content))
    figure: Any = drawn.get_root()
    leaflet = node_modules.joinpath(*_LEAFLET)
    for name, part in {
        "title": f"<title>{_escaped(title)}</title>",
        "policy": f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        "leaflet_css": f"<style>{_leaflet_css(leaflet)}</style>",
        "leaflet_js": f"<script>{_leaflet_js(leaflet)}</script>",
        "map_css": f"<style>{_own('map.css')}</style>",
        "map_js": f"<script>{_own('map.js')}</script>",
    }.items():
        figure.header.add_child(_Verbatim(part), name=name)
    page: str = figure.render()
    return page.replace("<html>", f'<html lang="{_escaped(language)}">', 1)


class _OfflineMap(folium.Map):
    """A folium map that fetches nothing; its scripts and styles are put in by hand."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012
    default_css: list[tuple[str, str]] = []  # noqa: RUF012


class _Drawing(MacroElement):
    """The call that draws the content, after folium has made the map."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "drawHandOverMap({{ this._parent.get_name() }}, {{ this.content }});"
        "{% endmacro %}"
    )

    def __init__(self, content: Any) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Drawing"
        self.content = script_json(content)


class _Verbatim(Element):
    """Text for the page as it is: elements are templates, and braces of scripts are none."""

    def __init__(self, text: str) -> None:
        super().__init__("{{ this.text }}")
        self.text = text


def _page_map(view: MapView | None) -> folium.Map:
    drawn = _OfflineMap(
        location=(view.lat, view.lon) if view else (35.0, 105.0),
        zoom_start=view.zoom if view else 4,
        tiles=None,
        zoom_control=False,
        prefer_canvas=True,
        attribution_control=False,
        zoom_snap=0.25,
        max_zoom=19,
    )
    # Names are random otherwise, and the same map would differ from itself.
    drawn._id = "sheet"
    return drawn


def _bounds(layers: Sequence[MapLayer]) -> list[list[float]] | None:
    boxes = [layer.data.to_crs(4326).total_bounds for layer in layers if layer.show and len(layer.data)]
    if not boxes:
        return None
    west, south = (min(float(box[i]) for box in boxes) for i in (0, 1))
    east, north = (max(float(box[i]) for box in boxes) for i in (2, 3))
    return [[south, west], [north, east]]


def _leaflet_js(folder: Path) -> str:
    text = _package_file(folder / "leaflet.js")
    text = re.sub(r"^//# sourceMappingURL=.*$", "", text, flags=re.MULTILINE)
    return re.sub(r"https://[^\s\"')]+", "#", text).replace("</script", "<\\/script")


def _leaflet_css(folder: Path) -> str:
    # The pictures belong to controls and markers that are not used.
    text = re.sub(r"/\*.*?\*/", "", _package_file(folder / "leaflet.css"), flags=re.DOTALL)
    return re.sub(r"url\(images/[^)]*\)", "none", text)


def _package_file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        raise MapError("package_missing", package="leaflet", path=path) from None


def _own(name: str) -> str:
    return resources.files("spatial").joinpath("handover", name).read_text(encoding="utf-8")


def _escaped(text: str) -> str:
    for plain, safe in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(plain, safe)
    return text
