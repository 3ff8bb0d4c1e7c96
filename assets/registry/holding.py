"""Assets held for a change: locked, the viewer's to change, and still there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.editing import hold, require_writer
from assets.errors import NotAllowed, NotFound, RegistryError
from assets.registry.models import Asset


class Disposed(RegistryError):
    """What is gone stays as it was."""

    message = "“{name}” has been disposed of. It can be read, not changed."


class SomeNotYours(NotAllowed):
    """A change of many is a change of all."""

    message = "{count} of them cannot be changed by your account, such as “{name}”. Nothing was changed."


class SomeGone(RegistryError):
    """A change of many is a change of all."""

    message = "{count} of them have been withdrawn or disposed of, such as “{name}”. Nothing was changed."


def hold_asset(session: Session, asset_id: int, *, revision: int | None = None) -> Asset:
    """Lock one asset for a change of it or of what belongs to it.

    Raises
    ------
    NotFound, NotAllowed, AlreadyRetired, ChangedMeanwhile
        As :func:`assets.editing.hold`.
    Disposed
        When the asset is gone.
    """
    asset = hold(session, Asset, asset_id, revision=revision)
    if asset.disposed_on is not None or asset.operating_status == "disposed":
        raise Disposed(name=asset.name)
    return asset


def hold_assets(session: Session, ids: Any) -> Sequence[Any]:
    """Lock many assets for a change of all of them: rows of id, name, path, status and dates.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    ids : Select or collection of int
        Which.

    Raises
    ------
    NotFound
        When there is none.
    SomeNotYours, SomeGone
        When one of them cannot be changed.
    """
    rows = session.execute(
        select(
            Asset.id,
            Asset.name,
            Asset.region_path,
            Asset.sector,
            Asset.operating_status,
            Asset.built_on,
            Asset.handed_over_on,
            Asset.created_at,
            Asset.disposed_on,
            Asset.retired_on,
        )
        .where(Asset.id.in_(ids))
        .order_by(Asset.id)
        .with_for_update(key_share=True, of=Asset)
    ).all()
    if not rows:
        raise NotFound
    foreign = [row for row in rows if not _writable(session, row)]
    if foreign:
        raise SomeNotYours(count=len(foreign), name=foreign[0].name)
    gone = [row for row in rows if row.retired_on or row.disposed_on or row.operating_status == "disposed"]
    if gone:
        raise SomeGone(count=len(gone), name=gone[0].name)
    return rows


def _writable(session: Session, row: Any) -> bool:
    try:
        require_writer(session, row.region_path, row.sector)
    except NotAllowed:
        return False
    return True
