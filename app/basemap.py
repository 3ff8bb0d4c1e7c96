"""The base map an installation may have chosen; maps are useful with none."""

from __future__ import annotations

from typing import Any

from flask import current_app

TIANDITU = "https://t{s}.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}"
TIANDITU_REST = "&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk="


def basemap() -> dict[str, Any] | None:
    """Addresses of its tiles, layer by layer, and its source."""
    chosen = current_app.extensions["settings"]
    if chosen.basemap_url:
        urls = [chosen.basemap_url.replace("{s}", part) for part in "abc"]
        tiles = [list(dict.fromkeys(urls))]
        return {"tiles": tiles, "attribution": chosen.basemap_attribution}
    if chosen.tianditu_token:
        rest = TIANDITU_REST + chosen.tianditu_token
        return {
            "tiles": [
                [TIANDITU.replace("{s}", str(part)).replace("{layer}", layer) + rest for part in range(8)]
                for layer in ("vec", "cva")
            ],
            "attribution": "天地图",
        }
    return None
