"""Scripts, styles and icons: an allow-list of packaged files and our own, pre-compressed.

``build`` gathers them in ``static/dist``; the application serves that folder alone, under an
address that changes with its content, so that browsers may keep it for ever.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import shutil
from pathlib import Path

import brotli
from flask import Flask
from markupsafe import Markup
from whitenoise import WhiteNoise

from app.config import CHECKOUT
from app.shares import stylesheet

STATIC = CHECKOUT / "static"
DIST = STATIC / "dist"
OWN = ("css", "js", "img")
PACKAGED = {
    "@tabler/core/dist/css/tabler.min.css": "lib/tabler.css",
    "htmx.org/dist/htmx.min.js": "lib/htmx.js",
    "maplibre-gl/dist/maplibre-gl.css": "lib/maplibre-gl.css",
    "maplibre-gl/dist/maplibre-gl.mjs": "lib/maplibre-gl.mjs",
    "maplibre-gl/dist/maplibre-gl-worker.mjs": "lib/maplibre-gl-worker.mjs",
    "maplibre-gl/dist/maplibre-gl-shared.mjs": "lib/maplibre-gl-shared.mjs",
    "terra-draw/dist/terra-draw.module.js": "lib/terra-draw.js",
    "terra-draw-maplibre-gl-adapter/dist/terra-draw-maplibre-gl-adapter.module.js": "lib/terra-draw-maplibre.js",
}
_ICON_NAMES = """
    activity archive arrow-down arrow-right arrow-up arrow-up-down banknote boxes calendar check chevron-down
    chevron-left chevron-right circle-alert clipboard-list copy crosshair download ellipsis external-link eye
    file-code file-spreadsheet folder-kanban funnel hash history house-plus image inbox info key-round languages layers
    link list log-out map map-pin map-pinned maximize minus panel-bottom panel-left panel-left-close pencil
    pentagon phone plus printer refresh-cw ruler search settings shield-check spline sprout stamp table tree-pine
    triangle-alert undo-2 upload user warehouse wifi-off wrench x
"""
ICONS = tuple(_ICON_NAMES.split())


def build() -> str:
    """Gather and compress the files; returns the name of this build."""
    fresh = STATIC / "dist.new"
    shutil.rmtree(fresh, ignore_errors=True)
    for folder in OWN:
        if (STATIC / folder).is_dir():
            shutil.copytree(STATIC / folder, fresh / folder)
    for source, target in PACKAGED.items():
        path = fresh / target
        path.parent.mkdir(parents=True, exist_ok=True)
        text = (STATIC / "node_modules" / source).read_text(encoding="utf-8")
        path.write_text(_without_source_map(text), encoding="utf-8")
    (fresh / "css" / "shares.css").write_text(stylesheet(), encoding="utf-8")
    (fresh / "img").mkdir(exist_ok=True)
    (fresh / "img" / "icons.svg").write_text(_sprite(), encoding="utf-8")
    digest = hashlib.sha256()
    for path in sorted(fresh.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(fresh)).encode() + path.read_bytes())
    name = digest.hexdigest()[:12]
    old = DIST / "BUILD"
    if old.is_file() and old.read_text() == name:
        shutil.rmtree(fresh)
        return name
    for path in [*fresh.rglob("*")]:
        if path.is_file() and path.suffix in (".js", ".mjs", ".css", ".svg", ".json", ".webmanifest"):
            content = path.read_bytes()
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(content, 9, mtime=0))
            path.with_name(path.name + ".br").write_bytes(brotli.compress(content))
    (fresh / "BUILD").write_text(name)
    shutil.rmtree(DIST, ignore_errors=True)
    fresh.rename(DIST)
    return name


def init_app(app: Flask) -> None:
    """Serve ``static/dist`` and tell templates where its files are."""
    marker = DIST / "BUILD"
    name = marker.read_text() if marker.is_file() else "unbuilt"
    prefix = f"/static/{name}/"
    if marker.is_file():
        app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
            app.wsgi_app, root=DIST, prefix=prefix, immutable_file_test=lambda _path, _url: True, mimetypes=_TYPES
        )
    app.jinja_env.globals["static_url"] = lambda path: prefix + path
    app.jinja_env.globals["icon"] = lambda name, label="": _icon(prefix, name, label)


_TYPES = {".mjs": "text/javascript", ".js": "text/javascript", ".webmanifest": "application/manifest+json"}


def _without_source_map(text: str) -> str:
    head, mark, tail = text.rpartition("\n//# sourceMappingURL=")
    return head + "\n" if mark and "\n" not in tail.strip() else text


def _sprite() -> str:
    symbols = []
    for name in ICONS:
        drawing = (STATIC / "node_modules" / "lucide-static" / "icons" / f"{name}.svg").read_text(encoding="utf-8")
        notice, _, shapes = drawing.partition("<svg")
        inner = re.sub(r"\s+", " ", shapes[shapes.index(">") + 1 : shapes.rindex("</svg>")]).strip()
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{inner}</symbol>')
    joined = "\n".join(symbols)
    return f'{notice.strip()}\n<svg xmlns="http://www.w3.org/2000/svg">\n{joined}\n</svg>\n'


def _icon(prefix: str, name: str, label: str) -> Markup:
    if name not in ICONS:
        raise KeyError(f"no icon named {name!r}: add it to ICONS")
    drawing = Markup('<svg class="icon" aria-hidden="true"><use href="{}img/icons.svg#{}"></use></svg>')
    return drawing.format(prefix, name) + label


def packaged(path: str) -> Path:
    """A file of an npm package, for maps handed over as one file."""
    return STATIC / "node_modules" / path
