"""The five kinds of dated rows: their forms, their tables, how they are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app import db
from app.administration.forms import (
    AssetTypeForm,
    QuestionForm,
    StandardForm,
    StepForm,
    TermForm,
    ThresholdForm,
    fixed,
)
from app.i18n import figure, language
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.records.form import RecordForm
from app.words import label
from assets.administration.limits import LIMITS
from assets.administration.versions import IDENTITY
from assets.db import Base
from assets.regions.directory import full_names
from assets.regions.models import Region
from assets.terms import queries as terms
from assets.terms.models import ChecklistItem, FacilityStandard, StageStep, Term, Threshold
from assets.vocabulary import PROJECT_KINDS, TERM_KINDS

Cells = Callable[[Any], list[str]]


@dataclass(frozen=True)
class Section:
    """One kind of dated rows.

    ``part`` is the column that splits them into lists, ``parts`` its values. ``heads`` are the
    columns shown after the name, ``cells`` what stands in them.
    """

    name: str
    title: Any
    intro: Any
    entity: type[Base]
    form: type[RecordForm]
    heads: tuple[Any, ...]
    cells: Cells
    naming: Callable[[Any], str]
    part: str = ""
    parts: tuple[str, ...] = ()
    part_kind: str = ""

    @property
    def version_form(self) -> type[RecordForm]:
        """The form without what a version keeps."""
        return fixed(self.form, *IDENTITY[self.entity])

    def new_form(self, chosen: str) -> type[RecordForm]:
        """The form of something new; a type of assets also has a class."""
        return AssetTypeForm if chosen == "asset_type" else self.form

    def form_of(self, row: Any) -> type[RecordForm]:
        """The form of a version of ``row``."""
        return fixed(self.new_form(getattr(row, "kind", "")), *IDENTITY[self.entity])

    def given(self, chosen: str) -> dict[str, Any]:
        """Columns that the address says and no form asks."""
        return {"kind": chosen} if self.entity is Term else {}


def _in_language(row: Any, field: str) -> str:
    return str(getattr(row, f"{field}_{language()}") or "—")


def _other_language(row: Any, field: str) -> str:
    return str(getattr(row, f"{field}_{'zh' if language() == 'en' else 'en'}") or "—")


def _term_cells(row: Term) -> list[str]:
    above = label("class", row.parent_code) if row.kind == "asset_type" else ""
    return [_other_language(row, "name"), row.code, above]


def shown_limit(code: str, value: Decimal) -> str:
    """A limit with its unit: 65 %, 60 days, 50 × 10k yuan."""
    unit = LIMITS[code].unit if code in LIMITS else "days"
    if unit == "share":
        return f"{(value * 100).normalize():f} %"
    return f"{figure(value)} {label('limit_unit', unit)}"


def _area_name(row: Any) -> str:
    region = db.session.get(Region, row.region_id) if row.region_id else None
    return _("everywhere") if region is None else full_names(db.session, [region])[region.id]


def _threshold_cells(row: Threshold) -> list[str]:
    return [shown_limit(row.code, row.value), _area_name(row), row.basis or ""]


def _standard_cells(row: FacilityStandard) -> list[str]:
    least = [
        f"≥ {figure(row.min_area_m2)} {_('m²')}" if row.min_area_m2 is not None else "",
        f"≥ {row.min_staff} {_('at work')}" if row.min_staff is not None else "",
        _("%(n)s per 1,000 people", n=f"{row.capacity_per_1000.normalize():f}") if row.capacity_per_1000 else "",
        _("from %(n)s people", n=figure(row.min_population)) if row.min_population else "",
    ]
    reach = [
        f"{figure(row.reach_m)} {_('m')}" if row.reach_m else "",
        f"{row.travel_min} {_('minutes')}（{label('travel_mode', row.travel_mode)}）" if row.travel_min else "",
    ]
    return [
        label("facility_level", row.level),
        "、".join(filter(None, least)) or (_("one there") if row.mandatory else "—"),
        "、".join(filter(None, reach)) or "—",
        _("must") if row.mandatory else _("advised"),
        _area_name(row),
        row.basis or "",
    ]


def _step_cells(row: StageStep) -> list[str]:
    return [
        str(row.position),
        label("stage", row.stage),
        (row.document_en if language() == "en" else row.document_zh) or "—",
        _("must") if row.required else _("may be left out"),
        _("own clock") if row.own_clock else "",
    ]


def _question_cells(row: ChecklistItem) -> list[str]:
    limits = f"{_number(row.low)} – {_number(row.high)} {row.unit or ''}" if row.kind == "measure" else ""
    return [_type_name(row.asset_type), str(row.position), label("question", row.kind), limits]


def _number(value: Decimal | None) -> str:
    return "" if value is None else f"{Decimal(value).normalize():f}"


def _type_name(code: str | None) -> str:
    if code is None:
        return str(_("every type"))
    return str(_names("asset_type").get(code, code))


def _names(kind: str) -> Mapping[str, str]:
    return terms.names(db.session, kind, day=db.current_day(), language=language())


SECTIONS = {
    section.name: section
    for section in (
        Section(
            "terms",
            _l("Labels"),
            _l(
                "What sectors, funds, classes and types are called. A new name from a day on leaves earlier days alone."
            ),
            Term,
            TermForm,
            (_l("In the other language"), _l("Code"), _l("Asset class")),
            _term_cells,
            lambda row: _in_language(row, "name"),
            part="kind",
            parts=TERM_KINDS,
            part_kind="term_kind",
        ),
        Section(
            "limits",
            _l("Limits"),
            _l("Numbers that rules compare with. An area may set its own; it holds there and below."),
            Threshold,
            ThresholdForm,
            (_l("Value"), _l("Area"), _l("Basis")),
            _threshold_cells,
            lambda row: label("limit", row.code),
        ),
        Section(
            "standards",
            _l("Facility standards"),
            _l("What a facility must be and how far it reaches. Villages below standard are found by these."),
            FacilityStandard,
            StandardForm,
            (_l("Facility level"), _l("At least"), _l("Reach"), _l("Duty"), _l("Area"), _l("Basis")),
            _standard_cells,
            lambda row: _names("facility_type").get(row.type, row.type),
        ),
        Section(
            "templates",
            _l("Stage templates"),
            _l("The steps each kind of project takes, with the document each step needs."),
            StageStep,
            StepForm,
            (_l("Order"), _l("Stage it leads to"), _l("Document"), _l("Duty"), _l("Clock")),
            _step_cells,
            lambda row: _in_language(row, "name"),
            part="kind",
            parts=PROJECT_KINDS,
            part_kind="project_kind",
        ),
        Section(
            "checklists",
            _l("Checklists"),
            _l("What an inspection asks, by type of asset."),
            ChecklistItem,
            QuestionForm,
            (_l("Asset type"), _l("Order"), _l("Kind of question"), _l("Between")),
            _question_cells,
            lambda row: _in_language(row, "name"),
        ),
    )
}
