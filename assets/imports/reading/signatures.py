"""What a file is, told by its content and never by its name."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Final

from assets.imports.problems import Unreadable, declare
from assets.imports.reading import biff, ole

declare(
    {
        "file_empty": "The file is empty. Please check that it was saved, and choose it again.",
        "file_foreign": "{file} is {what} and not a ledger. Please bring .xlsx, .xls, .csv, GeoPackage, GeoJSON,"
        " a zipped Shapefile or KML.",
        "file_unknown": "{file} is of no format that can be read here. Please bring .xlsx, .xls, .csv, GeoPackage,"
        " GeoJSON, a zipped Shapefile or KML.",
        "file_page": "{file} is a web page saved under the name of a workbook. Please open it in a spreadsheet"
        " program and save it as .xlsx.",
        "file_locked": "{file} is protected with a password. Please open it, remove the password, save it and"
        " choose it again.",
        "file_macros": "{file} contains macros, which are never taken in. Please save it as .xlsx (a workbook"
        " without macros) and choose it again.",
        "file_binary_workbook": "{file} is a binary workbook (.xlsb). Please save it as .xlsx and choose it again.",
        "file_open_document": "{file} is an OpenDocument file. Please save it as .xlsx and choose it again.",
        "file_old_workbook": "{file} was saved by a very old spreadsheet program. Please save it as .xlsx and"
        " choose it again.",
        "file_lone_shape": "{file} is only one part of a Shapefile. Please pack .shp, .shx, .dbf, .prj and .cpg"
        " into one .zip and choose that.",
        "file_damaged": "{file} is damaged or was not transferred completely. Please open it, save it again and"
        " choose it once more.",
    }
)

_HEAD_BYTES: Final = 4096
# What begins with these bytes is told by name, since "cannot be read" helps nobody.
_FOREIGN: Final = (
    (b"%PDF-", "PDF"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"MZ", "EXE"),
    (b"\x7fELF", "ELF"),
    (b"{\\rtf", "RTF"),
    (b"AC10", "DWG"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"PAR1", "Parquet"),
)
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# Among the control characters a text may hold these; NUL is told apart, since some programs pad with it.
_CONTROLS: Final = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]")


def format_of(path: Path, name: str) -> str:
    """Tell what a file is.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        What its owner calls it, for the messages.

    Returns
    -------
    str
        xlsx, xls, csv, gpkg, geojson, kml, or zip for an archive whose members decide.

    Raises
    ------
    Unreadable
        When it is nothing that can be read, with what it is and what to do.
    """
    if not path.stat().st_size:
        raise Unreadable("file_empty", file=name)
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    for mark, what in _FOREIGN:
        if head.startswith(mark) and not (len(mark) < 3 and _looks_like_text(head)):
            raise Unreadable("file_foreign", file=name, what=what)
    if head.startswith(b"SQLite format 3\x00"):
        return "gpkg"
    if head.startswith(ole.MAGIC):
        return _old_office(path, name)
    if head.startswith(b"PK"):
        return _packed(path, name)
    if head[:2] == b"\x09\x08" or head[:2] in (b"\x09\x00", b"\x09\x02", b"\x09\x04"):
        raise Unreadable("file_old_workbook", file=name)
    if head.startswith(b"\x00\x00\x27\x0a"):
        raise Unreadable("file_lone_shape", file=name)
    return _texts(head, name)


def _old_office(path: Path, name: str) -> str:
    streams = ole.streams(path)
    if "EncryptedPackage" in streams:
        raise Unreadable("file_locked", file=name)
    for stream, what in (
        ("WordDocument", "Word"),
        ("PowerPoint Document", "PowerPoint"),
        ("__properties_version1.0", "Outlook"),
    ):
        if stream in streams:
            raise Unreadable("file_foreign", file=name, what=what)
    if "Workbook" not in streams:
        code = "file_old_workbook" if "Book" in streams else "file_unknown" if streams else "file_damaged"
        raise Unreadable(code, file=name)
    if biff.is_protected(biff.book_of(path)):
        raise Unreadable("file_locked", file=name)
    if any(stream.startswith("_VBA_PROJECT") for stream in streams):
        raise Unreadable("file_macros", file=name)
    return "xls"


def _packed(path: Path, name: str) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            members = set(archive.namelist())
            kind = archive.read("mimetype")[:80] if _small(archive, "mimetype") else b""
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
        raise Unreadable("file_damaged", file=name) from error
    if any(
        member.lower().endswith("vbaproject.bin") or member.lower().startswith("xl/macrosheets/") for member in members
    ):
        raise Unreadable("file_macros", file=name)
    if "xl/workbook.bin" in members:
        raise Unreadable("file_binary_workbook", file=name)
    if "xl/workbook.xml" in members or "xl/Workbook.xml" in members:
        return "xlsx"
    for folder, what in (("word/", "Word"), ("ppt/", "PowerPoint"), ("visio/", "Visio")):
        if "[Content_Types].xml" in members and any(member.startswith(folder) for member in members):
            raise Unreadable("file_foreign", file=name, what=what)
    if kind.startswith(b"application/vnd.oasis"):
        raise Unreadable("file_open_document", file=name)
    if "[Content_Types].xml" in members and any(member.startswith("xl/") for member in members):
        raise Unreadable("file_damaged", file=name)
    return "zip"


def _small(archive: zipfile.ZipFile, member: str) -> bool:
    found = archive.NameToInfo.get(member)
    return found is not None and found.file_size <= _HEAD_BYTES and not found.flag_bits & 1


def _texts(head: bytes, name: str) -> str:
    text = head
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            text = head[len(bom) :].decode(encoding, "replace").encode()
            break
    plain = text.lstrip().lower()
    if plain.startswith((b"<!doctype html", b"<html", b"<head", b"<table", b"<style", b"<meta")):
        raise Unreadable("file_page", file=name)
    if plain.startswith(b"<"):
        if b"<kml" in plain or b"/kml/2" in plain:
            return "kml"
        if b"urn:schemas-microsoft-com:office" in plain or b"<html" in plain:
            raise Unreadable("file_page", file=name)
        what = next(
            (word for mark, word in ((b"<gpx", "GPX"), (b"<gml", "GML"), (b"<svg", "SVG")) if mark in plain), "XML"
        )
        raise Unreadable("file_foreign", file=name, what=what)
    if plain.startswith((b"mime-version:", b"content-type: multipart")):
        raise Unreadable("file_page", file=name)
    if plain.startswith((b"{", b"[")) and _is_json(plain):
        return "geojson"
    if not _looks_like_text(text):
        raise Unreadable("file_unknown", file=name)
    return "csv"


def _is_json(plain: bytes) -> bool:
    return re.match(rb'\{\s*("|\}|$)|\[\s*(\{|\]|$)', plain) is not None


def _looks_like_text(head: bytes) -> bool:
    """Whether hardly anything in it is a control character; of NUL a few are passed over, or every other byte."""
    marks = len(_CONTROLS.findall(head))
    nuls = head.count(0)
    wide = min(head[0::2].count(0), head[1::2].count(0)) == 0 and nuls > len(head) // 8
    return marks <= len(head) // 200 and (nuls <= len(head) // 20 or wide)
