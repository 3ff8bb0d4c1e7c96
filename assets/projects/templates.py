"""The steps a kind of project takes, as the table of templates says for a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from assets.projects.models import ProjectStage
from assets.terms.models import StageStep
from assets.vocabulary import STAGES


@dataclass(frozen=True)
class Template:
    """The steps of one kind in force on one day, in their order; those of its accounts apart."""

    ladder: tuple[StageStep, ...]
    accounts: tuple[StageStep, ...]

    @property
    def steps(self) -> tuple[StageStep, ...]:
        """All of them."""
        return self.ladder + self.accounts

    def step(self, milestone: str) -> StageStep | None:
        """The step with this milestone."""
        return next((step for step in self.steps if step.milestone == milestone), None)

    def beside(self, step: StageStep) -> tuple[StageStep, ...]:
        """The steps that run on the same clock."""
        return self.accounts if step.own_clock else self.ladder

    def missing_before(self, step: StageStep, reached: Collection[str]) -> list[StageStep]:
        """The required steps that come before ``step`` and were not taken."""
        return [
            other
            for other in self.beside(step)
            if other.position < step.position and other.required and other.milestone not in reached
        ]

    def open_steps(self, reached: Collection[str]) -> list[StageStep]:
        """The steps that may be taken now: left out so far, with nothing missing before them."""
        return [
            step
            for step in self.steps
            if step.milestone not in reached
            and not self.missing_before(step, reached)
            and not self.too_early(step, reached)
        ]

    def last_taken(self, reached: Collection[str], *, own_clock: bool = False) -> StageStep | None:
        """The furthest step taken on one of the clocks."""
        taken = [step for step in (self.accounts if own_clock else self.ladder) if step.milestone in reached]
        return taken[-1] if taken else None

    def too_early(self, step: StageStep, reached: Collection[str]) -> bool:
        """Whether a step of the accounts comes before the stage that its template binds it to."""
        return step.own_clock and STAGES.index(stage_reached(reached)) < STAGES.index(step.stage)


@dataclass(frozen=True)
class Rung:
    """One line of a project's ladder: the step as the template names it, and when it was taken."""

    milestone: str
    step: StageStep | None
    taken: ProjectStage | None
    open: bool
    takes_back: bool


def template_of(session: Session, kind: str, day: dt.date) -> Template:
    """The template of one kind of project in force on ``day``."""
    steps = session.scalars(
        select(StageStep)
        .where(
            StageStep.kind == kind,
            StageStep.valid_from <= day,
            or_(StageStep.valid_to.is_(None), StageStep.valid_to > day),
        )
        .order_by(StageStep.position, StageStep.id)
    ).all()
    return Template(
        tuple(step for step in steps if not step.own_clock), tuple(step for step in steps if step.own_clock)
    )


def steps_taken(session: Session, project_id: int, day: dt.date | None = None) -> dict[str, ProjectStage]:
    """The steps a project has taken (until ``day``), by milestone."""
    statement = select(ProjectStage).where(ProjectStage.project_id == project_id)
    if day is not None:
        statement = statement.where(ProjectStage.reached_on <= day)
    return {row.stage: row for row in session.scalars(statement)}


def stage_reached(taken: Collection[str]) -> str:
    """The stage of a project that has taken these steps."""
    return max((stage for stage in taken if stage in STAGES), key=STAGES.index, default="planned")


def ladder_of(template: Template, taken: Mapping[str, ProjectStage]) -> list[Rung]:
    """The whole ladder, what was taken and what the template asks for; an end by termination last."""
    ended = "terminated" in taken
    able = set() if ended else {step.milestone for step in template.open_steps(taken)}
    rungs = [
        Rung(
            step.milestone,
            step,
            taken.get(step.milestone),
            step.milestone in able,
            not ended and may_take_back(template, taken, step.milestone),
        )
        for step in template.steps
    ]
    known = {step.milestone for step in template.steps}
    others = sorted((row for name, row in taken.items() if name not in known), key=lambda row: row.reached_on)
    return rungs + [Rung(row.stage, None, row, False, row.stage == "terminated") for row in others]


def may_take_back(template: Template, taken: Collection[str], milestone: str) -> bool:
    """Whether ``milestone`` is the last step taken on its clock; a project always stays planned."""
    if "terminated" in taken:
        return milestone == "terminated"
    step = template.step(milestone)
    if step is None or milestone == "planned" or milestone not in taken:
        return False
    if any(other.position > step.position and other.milestone in taken for other in template.beside(step)):
        return False
    left = set(taken) - {milestone}
    return not any(other.milestone in left and template.too_early(other, left) for other in template.accounts)
