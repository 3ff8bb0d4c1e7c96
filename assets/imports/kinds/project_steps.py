"""The dated steps that rows give to projects, in the order that the templates of their kinds ask for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Integer,
    Table,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by, array
from sqlalchemy.orm import aliased

from assets.imports.beside import beside
from assets.imports.kinds.project_fields import MILESTONES, NOTED, STEPS, day_of, document_of
from assets.imports.problems import declare
from assets.imports.staging import Staging
from assets.imports.telling import Rule, tell_all
from assets.projects.models import ProjectStage
from assets.projects.stages import FIRST_DAY
from assets.terms.models import StageStep
from assets.terms.queries import in_force
from assets.vocabulary import STAGES

declare(
    {
        "step_future": "{day} is still to come; a step is recorded once it was taken.",
        "step_early": "{day} is before {first}, when assistance projects began.",
        "step_unknown": "The template of this kind of project has no such step on that day.",
        "step_missing": "First these steps are needed: {steps}.",
        "step_handover": "Nothing is handed over before acceptance.",
        "step_goal": "Approval needs a performance goal; please enter it with the project first.",
        "step_accounts": "The accounts of this step can only follow the stage before it.",
        "step_before": "It cannot be before {step} on {day}.",
        "step_after": "It cannot be after {step} on {day}.",
        "step_document": "Please enter number or name of the document: {document}.",
        "step_ended": "The project was ended on {day}.",
        "step_end_reason": "Please say why the project ends.",
        "step_end_late": "What was handed over cannot be ended any more.",
        "step_end_before": "It cannot be before the step last taken, on {day}.",
        "step_day_needed": "Please give the day of this step as well.",
        "step_planned": "Please give the day on which the project was planned.",
        "step_kind": "Steps were taken that this kind of project does not have; take them back first.",
    }
)
NAME = "staged_step"


def gather_steps(staging: Staging, work: Table, groups: Table) -> Table:
    """Every step of every project that rows speak of: ``milestone``, day and document, and what they were.

    A project that says no day on which it was planned was planned on the first day it says.
    """
    given = _given(staging, groups)
    kept = (
        select(
            work.c.number,
            ProjectStage.id.label("step_id"),
            ProjectStage.stage.label("milestone"),
            ProjectStage.reached_on,
            case((ProjectStage.stage == NOTED, ProjectStage.note), else_=ProjectStage.document).label("document"),
        )
        .join(work, work.c.record_id == ProjectStage.project_id)
        .where(staging.seen(ProjectStage))
        .subquery("kept")
    )
    joined = given.outerjoin(
        kept, and_(kept.c.number == given.c.lead, kept.c.milestone == given.c.milestone), full=True
    )
    day = func.coalesce(given.c.reached_on, kept.c.reached_on)
    document = func.coalesce(given.c.document, kept.c.document)
    number = func.coalesce(given.c.lead, kept.c.number)
    columns: dict[str, tuple[Any, Any]] = {
        "number": (Integer(), number),
        "milestone": (Text(), func.coalesce(given.c.milestone, kept.c.milestone)),
        "reached_on": (Date(), day),
        "document": (Text(), document),
        "step_id": (BigInteger(), kept.c.step_id),
        "fresh": (
            Boolean(),
            or_(
                kept.c.step_id.is_(None),
                day.is_distinct_from(kept.c.reached_on),
                document.is_distinct_from(kept.c.document),
            ),
        ),
    }
    table = beside(
        staging,
        NAME,
        *(Column(name, kind) for name, (kind, _) in columns.items()),
        of=select(*(value for _, value in columns.values())).select_from(joined),
    )
    first = (
        select(table.c.number, literal("planned"), func.min(table.c.reached_on), null(), null(), literal(True))
        .join(work, work.c.number == table.c.number)
        .where(work.c.is_new, table.c.reached_on.is_not(None))
        .group_by(table.c.number)
        .having(func.count().filter(table.c.milestone == "planned") == 0)
    )
    staging.session.execute(table.insert().from_select(list(columns), first))
    staging.session.info[NAME] = table
    return table


def _given(staging: Staging, groups: Table) -> Any:
    rows = staging.rows
    documents = [rows.c[document_of(one)] if STEPS[one][2] else cast(null(), Text) for one in MILESTONES]
    each = (
        func.unnest(
            array([literal(one) for one in MILESTONES]),
            array([rows.c[day_of(m)] for m in MILESTONES]),
            array(documents),
        )
        .table_valued("milestone", "reached_on", "document", name="each")
        .render_derived()
        .lateral()
    )
    day, document = cast(each.c.reached_on, Date), cast(each.c.document, Text)
    first: Any = func.array_agg(aggregate_order_by(document, rows.c.number)).filter(document.is_not(None))
    return (
        select(
            groups.c.lead,
            cast(each.c.milestone, Text).label("milestone"),
            func.min(day).label("reached_on"),
            first[1].label("document"),
        )
        .select_from(rows.join(groups, groups.c.number == rows.c.number).join(each, true()))
        .where(or_(day.is_not(None), document.is_not(None)))
        .group_by(groups.c.lead, cast(each.c.milestone, Text))
        .subquery("given")
    )


def stage_of(steps: Table) -> Any:
    """By project, the stage its steps have reached."""
    placed = [(steps.c.milestone == stage, place) for place, stage in enumerate(STAGES)]
    furthest = func.max(case(*placed))
    reached = case(dict(enumerate(STAGES)), value=furthest)
    return select(steps.c.number, func.coalesce(reached, "planned").label("stage")).group_by(steps.c.number)


def check_steps(staging: Staging, work: Table, steps: Table) -> None:
    """Tell steps that are taken too early, out of order, without their document, or not at all."""
    today = staging.context.today
    step, day = steps.c.milestone, steps.c.reached_on
    field_day = case({one: day_of(one) for one in MILESTONES}, value=step)
    ended = steps.alias("ended")
    over = and_(ended.c.number == steps.c.number, ended.c.milestone == NOTED, ended.c.step_id.is_not(None))
    source = steps.join(work, work.c.number == steps.c.number).outerjoin(ended, over)
    new = steps.c.step_id.is_(None)
    rules = [
        ("step_future", day > today, {"day": day}),
        ("step_early", day < FIRST_DAY, {"day": day, "first": literal(FIRST_DAY.isoformat())}),
        ("step_day_needed", day.is_(None), {}),
        ("step_handover", and_(step == "handed_over", ~_taken(steps, "accepted")), {}),
        ("step_goal", and_(step == "approved", func.coalesce(func.trim(work.c.performance_goal), "") == ""), {}),
        ("step_ended", and_(new, ended.c.number.is_not(None)), {"day": ended.c.reached_on}),
    ]
    _tell(staging, source, steps, rules, field_day)
    _check_templates(staging, work, steps, field_day)
    _check_ends(staging, steps, field_day)
    begun = select(steps.c.number).where(steps.c.number == work.c.number, steps.c.milestone == "planned").exists()
    staging_rule = Rule("step_planned", "planned_on", and_(work.c.is_new, ~begun))
    tell_all(staging, [staging_rule], work.c.number, work)
    _check_kinds(staging, work, steps)


def _tell(staging: Staging, source: Any, steps: Table, rules: Any, field: Any) -> None:
    told = [Rule(code, field, when, value=steps.c.reached_on, data=data) for code, when, data in rules]
    tell_all(staging, told, steps.c.number, source, steps.c.fresh)


def _check_templates(staging: Staging, work: Table, steps: Table, field_day: Any) -> None:
    template = aliased(StageStep, name="template")
    here = and_(
        template.kind == work.c.kind,
        template.milestone == steps.c.milestone,
        template.valid_from <= steps.c.reached_on,
        or_(template.valid_to.is_(None), template.valid_to > steps.c.reached_on),
    )
    source = steps.join(work, work.c.number == steps.c.number).outerjoin(template, here)
    known = template.id.is_not(None)
    new = steps.c.step_id.is_(None)
    missing = _missing_before(steps, work, template)
    earlier, later = _neighbour(steps, work, template, before=True), _neighbour(steps, work, template, before=False)
    reached = func.coalesce(_reached(steps), 0)
    wanted = case({stage: place for place, stage in enumerate(STAGES)}, value=template.stage)
    goes_on = steps.c.milestone != NOTED
    rules = [
        ("step_unknown", and_(new, ~known, goes_on, steps.c.reached_on.is_not(None)), {}),
        ("step_missing", and_(new, known, missing.is_not(None)), {"steps": missing}),
        ("step_accounts", and_(new, known, template.own_clock, reached < wanted), {}),
        ("step_before", and_(known, earlier.is_not(None)), _told(earlier)),
        ("step_after", and_(known, later.is_not(None)), _told(later)),
    ]
    _tell(staging, source, steps, rules, field_day)
    field_document = case({one: document_of(one) for one in MILESTONES if STEPS[one][2]}, value=steps.c.milestone)
    needed = and_(known, template.document_zh.is_not(None), func.coalesce(steps.c.document, "") == "")
    data = {"document": template.document_zh, "document_en": template.document_en}
    _tell(staging, source, steps, [("step_document", needed, data)], field_document)


def _told(neighbour: Any) -> dict[str, Any]:
    return {
        "step": func.split_part(neighbour, "|", 1),
        "step_en": func.split_part(neighbour, "|", 2),
        "day": func.split_part(neighbour, "|", 3),
    }


def _beside(template: Any, other: Any, steps: Table, work: Table) -> Any:
    return and_(
        other.kind == work.c.kind,
        other.own_clock == template.own_clock,
        other.valid_from <= steps.c.reached_on,
        or_(other.valid_to.is_(None), other.valid_to > steps.c.reached_on),
    )


def _missing_before(steps: Table, work: Table, template: Any) -> Any:
    other, taken = aliased(StageStep), steps.alias("taken")
    there = select(taken.c.number).where(taken.c.number == steps.c.number, taken.c.milestone == other.milestone)
    return (
        select(func.string_agg(other.name_zh, aggregate_order_by(literal("、"), other.position)))
        .where(
            _beside(template, other, steps, work), other.position < template.position, other.required, ~there.exists()
        )
        .correlate(steps, work, template)
        .scalar_subquery()
    )


def _neighbour(steps: Table, work: Table, template: Any, *, before: bool) -> Any:
    """The step that contradicts the order of days: name in both languages and day."""
    other, taken = aliased(StageStep), steps.alias("taken")
    day = taken.c.reached_on
    wrong = and_(other.position < template.position, day > steps.c.reached_on)
    if not before:
        wrong = and_(other.position > template.position, day < steps.c.reached_on)
    return (
        select(func.concat_ws("|", other.name_zh, other.name_en, cast(day, Text)))
        .join(taken, taken.c.milestone == other.milestone)
        .where(taken.c.number == steps.c.number, _beside(template, other, steps, work), wrong)
        .order_by(day.desc() if before else day)
        .limit(1)
        .correlate(steps, work, template)
        .scalar_subquery()
    )


def _reached(steps: Table) -> Any:
    taken = steps.alias("taken")
    placed = case({stage: place for place, stage in enumerate(STAGES) if stage != NOTED}, value=taken.c.milestone)
    furthest = select(func.max(placed)).where(taken.c.number == steps.c.number)
    return furthest.correlate(steps).scalar_subquery()


def _taken(steps: Table, milestone: str) -> Any:
    taken = steps.alias("taken")
    return select(taken.c.number).where(taken.c.number == steps.c.number, taken.c.milestone == milestone).exists()


def _check_ends(staging: Staging, steps: Table, field_day: Any) -> None:
    others = steps.alias("others")
    last = (
        select(func.max(others.c.reached_on))
        .where(others.c.number == steps.c.number, others.c.milestone != NOTED)
        .correlate(steps)
        .scalar_subquery()
    )
    ends = steps.c.milestone == NOTED
    rules = [
        ("step_end_late", and_(ends, _taken(steps, "handed_over")), {}),
        ("step_end_before", and_(ends, steps.c.reached_on < last), {"day": last}),
    ]
    _tell(staging, steps, steps, rules, field_day)
    reason = and_(ends, func.char_length(func.coalesce(steps.c.document, "")) < 2)
    _tell(staging, steps, steps, [("step_end_reason", reason, {})], literal(document_of(NOTED)))


def _check_kinds(staging: Staging, work: Table, steps: Table) -> None:
    known = select(StageStep.id).where(
        StageStep.kind == work.c.kind,
        StageStep.milestone == steps.c.milestone,
        in_force(StageStep, staging.context.today),
    )
    foreign = and_(work.c.kind != work.c.was_kind, steps.c.milestone != NOTED, ~known.exists())
    rule = Rule("step_kind", "kind", foreign, value=work.c.kind)
    source = work.join(steps, and_(steps.c.number == work.c.number, steps.c.step_id.is_not(None)))
    tell_all(staging, [rule], work.c.number, source)
