"""What a ledger of one kind may say: its fields, the headings they are known by, and how texts are read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import BigInteger, Boolean, Date, Integer, Numeric, Text
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from spatial.validity import ANY_TYPE

if TYPE_CHECKING:
    from assets.imports.staging import Staging

CellType = Literal[
    "text",  # trimmed; full-width signs made plain where they are digits or letters
    "code",  # no blanks; digits that a number format has eaten are told
    "name",  # a name of a place, a party or a record
    "money",  # yuan, to the cent; 万 and 亿 understood
    "number",
    "integer",
    "date",
    "year",
    "yes",
    "word",  # a fixed word of assets.vocabulary, by its label: ``words`` names the kind
    "term",  # a dated term, by its label: ``words`` names the kind
    "share",  # a fraction, written n/d
    "shares",  # holders with their shares, as 甲村集体 1/2、乙村集体 1/2
    "phone",
    "id_number",
    "place",  # longitude, latitude, a pair, WKT: read by assets.imports.positions
]

SQL_TYPES: Mapping[str, Callable[[], TypeEngine[Any]]] = {
    "money": lambda: Numeric(18, 2),
    "number": lambda: Numeric(20, 4),
    "integer": BigInteger,
    "date": Date,
    "year": Integer,
    "yes": Boolean,
}


@dataclass(frozen=True)
class Field:
    """One thing a row may say.

    ``key`` is the staged column and, wherever there is one, the keyword of the service. ``title``
    is its English message; its headings are the title in every language and ``headings``.
    ``unit`` is what a bare number means; ``scales`` are other units a heading may name (万元).
    ``derived`` fields are known, written by exports, and passed over when they come back.
    ``personal`` values are masked wherever they are shown; a masked one means no change.
    """

    key: str
    title: str
    type: CellType = "text"
    headings: tuple[str, ...] = ()
    required: bool = False
    words: str = ""
    unit: str = ""
    most: int = 0
    personal: bool = False
    derived: bool = False
    hint: str = ""
    # An example of a filled cell, in Chinese and in English.
    example: tuple[str, str] = ("", "")

    @property
    def sql_type(self) -> TypeEngine[Any]:
        """The type of its staged column."""
        return SQL_TYPES.get(self.type, Text)()


@dataclass(frozen=True)
class Kind:
    """A kind of ledger: what it may say, how its rows are told apart, checked and written.

    ``identities`` are the ways in which a row names a record that is there, the usual one first:
    each the names of columns, both of the rows and of ``existing``, joined by "+"; ``name_place_year``
    is ``name+region_id+year``, where ``year`` may be that of ``built_on``. What stands in ``given``
    only the registry gives, so that an unknown one is an error.
    ``existing(staging)`` selects the records that rows may name: ``record_id``, ``revision``,
    ``name``, one column for every key an identity needs, and one for every field that can change,
    each in the form it is staged in, so that the two can be compared.
    ``check(staging)`` tells whatever is wrong; ``write(staging)`` enters new and changed rows, each
    with its audit entry, and fills ``record_id`` of the new ones.
    """

    key: str
    title: str
    fields: tuple[Field, ...]
    identities: tuple[str, ...]
    existing: Callable[[Staging], Any]
    check: Callable[[Staging], None]
    write: Callable[[Staging], None]
    geometry: frozenset[str] | tuple[str, ...] = tuple(ANY_TYPE)
    position_needed: bool = False
    # The kind of review rules (assets.review.models.KINDS) that speak of it; none where nothing is reviewed.
    review_kind: str | None = None
    # Roles that may bring such ledgers.
    roles: frozenset[str] = frozenset({"clerk", "planner", "department", "administrator"})
    # The lowest level of a region its rows may be filed under; None: no place of their own.
    levels: tuple[str, ...] = ("town", "village")
    given: frozenset[str] = frozenset({"code"})
    # The fields of a record that a row may empty; all others are ended or corrected on the record's own page.
    emptied: frozenset[str] = frozenset()
    # What tells several rows of one record apart, where a record may have several (a project's fund documents).
    apart: tuple[str, ...] = ()
    # Whether a new record needs a place; else its rows may name one.
    place_needed: bool = True
    # Selects, by ``record_id``, what rows say beside their record: a ledger that goes out has a row for each.
    lines: Callable[[Staging], Any] | None = None
    # Finds what rows refer to before their own records are looked for (the asset of an inspection).
    refer: Callable[[Staging], None] | None = None
    # Adds to ``differences`` what a row says of rows beside its record, once the record itself was compared.
    further: Callable[[Staging], None] | None = None
    # Derives anew what follows from records, by their ids, on a day, once they were taken back.
    taken_back: Callable[[Session, Collection[int], dt.date], None] | None = None

    def field(self, key: str) -> Field | None:
        """The field of this name."""
        return next((one for one in self.fields if one.key == key), None)


@dataclass(frozen=True)
class Context:
    """What the checks need to know of the world: the day, and words in every language.

    ``labels`` by kind of words: each label, in plain form, with its code. ``titles`` by message:
    its texts in every language.
    """

    today: dt.date
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    titles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


# Where a row belongs; understood by assets.imports.regions for every kind.
REGION_FIELDS = (
    Field("region_code", "Region code", "code", ("行政区划代码", "区划代码", "村代码", "村编码", "统计用区划代码")),
    Field("county", "County", "name", ("县", "县区", "县(区)", "区县", "所在县")),
    Field("town", "Town", "name", ("乡镇", "镇", "镇街", "镇(街)", "乡(镇)", "所属乡镇", "所在乡镇", "所在镇")),
    Field("village", "Village", "name", ("村", "行政村", "村名", "村(社区)", "所在村", "所属村", "村委会", "建制村")),
    Field(
        "place",
        "Location",
        "name",
        ("坐落", "坐落位置", "地点", "地址", "所在地", "资产位置", "建设地点", "实施地点", "坐落地点"),
    ),
)

# Where it lies; understood by assets.imports.positions for every kind with a position.
POSITION_FIELDS = (
    Field("longitude", "Longitude", "place", ("经度", "东经", "lon", "lng", "long", "x", "x坐标", "横坐标", "东坐标")),
    Field("latitude", "Latitude", "place", ("纬度", "北纬", "lat", "y", "y坐标", "纵坐标", "北坐标")),
    Field(
        "position",
        "Position",
        "place",
        ("坐标", "经纬度", "位置坐标", "地理坐标", "geometry", "wkt", "geojson", "空间位置"),
    ),
    # Systems and zones have too many names to be words: assets.imports.positions reads them.
    Field("source_datum", "Coordinates recorded in", "text", ("坐标系", "坐标系统", "datum", "crs"), words="datum"),
    Field(
        "position_quality",
        "Position found by",
        "word",
        ("定位方式", "位置来源", "坐标来源"),
        words="position_quality",
    ),
)
