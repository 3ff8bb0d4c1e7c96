"""Who sees which rows: every read of a session is narrowed to its viewer's reach.

A reach is a subtree of regions, as a range of ``region_path`` in byte order, and a set of
sectors. The narrowing is added to every ORM statement of a session, subqueries included, so
that no query can forget it; a session without a viewer cannot read at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, event, false, or_, select, true
from sqlalchemy import inspect as sa_inspect
from sqlalchemy.orm import (
    InstrumentedAttribute,
    Mapper,
    ORMExecuteState,
    Session,
    sessionmaker,
    with_loader_criteria,
)

from assets.db import Base, Placed
from assets.errors import UnscopedRead
from assets.narrowing import Narrowing


@dataclass(frozen=True)
class Reach:
    """One grant in force: a role over a subtree, in some sectors or (None) in all.

    ``may_unmask`` lets its holder see personal values, for a reason; ``delegated_from`` is the
    grant of somebody who is away, for whom the holder stands in. ``whole`` says that every region
    there is lies in the subtree.
    """

    role: str
    region_id: int
    path: str
    sectors: frozenset[str] | None = None
    may_unmask: bool = False
    delegated_from: int | None = None
    whole: bool = False

    def covers(self, path: str) -> bool:
        """Whether the region at ``path`` lies in this subtree."""
        return path.startswith(self.path)

    def includes(self, other: Reach) -> bool:
        """Whether whatever ``other`` sees is seen by this as well."""
        sectors = self.sectors is None or (other.sectors is not None and other.sectors <= self.sectors)
        return sectors and self.covers(other.path)


@dataclass(frozen=True)
class Viewer:
    """Who looks, from where, and how far they may see."""

    account_id: int | None = None
    username: str = ""
    address: str | None = None
    reaches: tuple[Reach, ...] = field(default=())
    unbounded: bool = False
    # Who lets it happen, where what the account has proposed is carried out by another.
    approved_by: int | None = None

    @classmethod
    def system(cls) -> Viewer:
        """The program itself: set-up, jobs over everybody's records, tests."""
        return cls(username="system", unbounded=True)

    @property
    def roles(self) -> frozenset[str]:
        """The roles held anywhere."""
        return frozenset(reach.role for reach in self.reaches)

    def covers(self, path: str, sector: str | None = None) -> bool:
        """Whether every record of ``sector`` (None: of all sectors) below ``path`` is seen."""
        return self.unbounded or any(
            reach.covers(path) and (reach.sectors is None or (sector is not None and sector in reach.sectors))
            for reach in self.reaches
        )

    def touches(self, path: str) -> bool:
        """Whether anything at, below or above ``path`` is within reach."""
        return self.unbounded or any(reach.covers(path) or reach.path.startswith(path) for reach in self.reaches)

    def may(self, roles: Iterable[str], path: str, sector: str | None = None) -> bool:
        """Whether one of ``roles`` is held over the record at ``path``."""
        wanted = frozenset(roles)
        return self.unbounded or any(
            reach.role in wanted
            and reach.covers(path)
            and (reach.sectors is None or sector is None or sector in reach.sectors)
            for reach in self.reaches
        )

    @property
    def stands_in(self) -> bool:
        """Whether anything is reached for somebody else."""
        return any(reach.delegated_from is not None for reach in self.reaches)

    def stands_in_at(self, path: str | None) -> tuple[int, ...]:
        """The grants of others that give the viewer a role at ``path`` (None: anywhere) which no own one gives."""
        reaching = [reach for reach in self.reaches if path is None or reach.covers(path)]
        own = {reach.role for reach in reaching if reach.delegated_from is None}
        return tuple(sorted({r.delegated_from for r in reaching if r.delegated_from is not None and r.role not in own}))

    @cached_property
    def fingerprint(self) -> str:
        """The same for two viewers who see the same rows."""
        if self.unbounded:
            return "*"
        parts = {(r.path, "*" if r.sectors is None else ",".join(sorted(r.sectors))) for r in self.reaches}
        return ";".join(f"{path}:{sectors}" for path, sectors in sorted(parts))

    @property
    def _narrowing(self) -> Narrowing:
        return _narrowing(self.account_id, self.reaches, tuple(_criteria()))

    @cached_property
    def _widest(self) -> tuple[Reach, ...]:
        """The reaches without those that lie within another: several roles in one area narrow alike."""
        kept: list[Reach] = []
        for reach in sorted(self.reaches, key=lambda one: (len(one.path), -len(one.sectors or ()))):
            if not any(wide.includes(reach) for wide in kept):
                kept = [one for one in kept if not reach.includes(one)] + [reach]
        return tuple(kept)

    def narrow(self, path: Any, sector: Any | None) -> ColumnElement[bool]:
        """The criterion that ``path`` and ``sector`` columns lie within reach."""
        if self.unbounded:
            return path.is_not(None)  # type: ignore[no-any-return]
        clauses = []
        for reach in self._widest:
            # Where nothing lies outside, comparing would only cost.
            clause = path.is_not(None) if reach.whole else within(path, reach.path)
            if reach.sectors is not None and sector is not None:
                clause = and_(clause, or_(sector.is_(None), sector.in_(sorted(reach.sectors))))
            clauses.append(clause)
        return or_(*clauses) if clauses else false()


def within(column: Any, path: str) -> ColumnElement[bool]:
    """The criterion that a ``region_path`` column lies in the subtree at ``path``."""
    if path == "/":
        return true()
    return and_(column >= path, column < path[:-1] + "0")


_Criterion = Callable[[Viewer], ColumnElement[bool]]
_declared: dict[type[Base], _Criterion] = {}


def scoped_by(entity: type[Base], criterion: _Criterion) -> None:
    """Declare how reads of ``entity`` are narrowed, where it has no region of its own."""
    _declared[entity] = criterion


def scoped_through(link: InstrumentedAttribute[Any], parent: type[Any]) -> None:
    """Declare that the rows of a child are seen where their ``parent`` is."""

    def criterion(viewer: Viewer) -> ColumnElement[bool]:
        seen = _declared.get(parent) or _by_region(parent)
        return link.in_(select(parent.id).where(seen(viewer)))

    _declared[cast(type[Base], link.class_)] = criterion


def _by_region(entity: type[Any]) -> _Criterion:
    return lambda viewer: viewer.narrow(entity.region_path, getattr(entity, "sector", None))


def _criteria() -> dict[type[Base], _Criterion]:
    found: dict[type[Base], _Criterion] = {}
    mapper: Mapper[Any]
    for mapper in Base.registry.mappers:
        entity = mapper.class_
        if entity in _declared:
            found[entity] = _declared[entity]
        elif issubclass(entity, Placed):
            found[cast(type[Base], entity)] = _by_region(entity)
    return found


@lru_cache(maxsize=512)
def _narrowing(account_id: int | None, reaches: tuple[Reach, ...], entities: tuple[type[Base], ...]) -> Narrowing:
    """The criteria of one account's reach on every scoped entity."""
    viewer, criteria = Viewer(account_id, reaches=reaches), _criteria()
    return Narrowing(
        with_loader_criteria(entity, criteria[entity](viewer), include_aliases=True) for entity in entities
    )


def criterion(viewer: Viewer, entity: Any) -> ColumnElement[bool]:
    """What :func:`bind_viewer` adds to every select, for statements that write what they read at once."""
    mapped = sa_inspect(entity)
    declared = _criteria().get(mapped.mapper.class_)
    # Regions and roads are open to everyone.
    if viewer.unbounded or declared is None:
        return true()
    narrowed = declared(viewer)
    if not mapped.is_aliased_class:
        return narrowed
    return cast(ColumnElement[bool], mapped._adapter.traverse(narrowed))


class ScopedSession(Session):
    """A session that reads nothing without a viewer."""


def session_factory(bind: Any) -> sessionmaker[ScopedSession]:
    """Sessions on ``bind``; give each its viewer with :func:`bind_viewer`."""
    return sessionmaker(bind, class_=ScopedSession, expire_on_commit=False)


def bind_viewer(session: Session, viewer: Viewer) -> Session:
    """Say who looks through ``session``."""
    session.info["viewer"] = viewer
    return session


def viewer_of(session: Session) -> Viewer:
    """Who looks through ``session``.

    Raises
    ------
    UnscopedRead
        When nobody was bound to it.
    """
    viewer = session.info.get("viewer")
    if not isinstance(viewer, Viewer):
        raise UnscopedRead("bind a viewer to the session before reading")
    return viewer


@event.listens_for(ScopedSession, "do_orm_execute")
def _narrow_every_read(state: ORMExecuteState) -> None:
    viewer = viewer_of(state.session)
    if viewer.unbounded or not (state.is_select or state.is_update or state.is_delete):
        return
    if state.is_column_load or state.is_relationship_load:
        return
    state.statement = state.statement.options(viewer._narrowing)
