"""Layers of geometries in tests: written in every format, some of them with parts lacking."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas
import pyogrio
import shapely


def frame(values: Mapping[str, Sequence[Any]], shapes: Sequence[Any] | None = None, srid: int = 4490) -> Any:
    """Features with these values; points of a county unless shapes are given."""
    count = len(next(iter(values.values())))
    points = shapes if shapes is not None else [shapely.Point(106.8 + 0.01 * at, 34.9) for at in range(count)]
    return geopandas.GeoDataFrame(dict(values), geometry=list(points), crs=srid)


def shapefile(
    target: Path,
    features: Any,
    *,
    encoding: str = "GBK",
    lacking: Sequence[str] = (),
    stated: str | None = None,
    system: str | None = None,
    name: str = "资产",
) -> Path:
    """A zipped Shapefile; some parts left out, or its encoding and its system stated otherwise."""
    folder = target.with_suffix("")
    folder.mkdir()
    with warnings.catch_warnings():
        # Names and texts are cut, as they are in reality.
        warnings.simplefilter("ignore")
        pyogrio.write_dataframe(features, folder / f"{name}.shp", encoding=encoding)
    if stated is not None:
        (folder / f"{name}.cpg").write_text(stated)
    if system is not None:
        (folder / f"{name}.prj").write_text(system)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(folder.iterdir()):
            if part.suffix.lstrip(".") not in lacking:
                archive.write(part, f"数据/{part.name}")
    return target


def kml(body: str, beginning: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    """A KML with this in its document."""
    return f'{beginning}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{body}</Document></kml>'


def mark(name: str, shape: str = "<Point><coordinates>106.8,34.9</coordinates></Point>", **data: str) -> str:
    """A place of a KML."""
    said = "".join(f'<Data name="{key}"><value>{value}</value></Data>' for key, value in data.items())
    return f"<Placemark><name>{name}</name><ExtendedData>{said}</ExtendedData>{shape}</Placemark>"
