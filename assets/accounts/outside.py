"""Accounts bound to persons at a provider of OpenID Connect."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets import audit
from assets.accounts.models import Account
from assets.errors import RegistryError
from assets.scope import bind_viewer, viewer_of

LONGEST_SUBJECT = 255


class UnknownOutside(RegistryError):
    """Known to the provider, but no account here is bound to this person."""

    message = (
        "{provider} knows you, but no account here is linked with you yet. Sign in with your password and link it "
        "under “My account”, or ask your administrator."
    )


class TakenOutside(RegistryError):
    """One person at the provider is one account."""

    message = "Another account is linked with this person already."


def sign_in_outside(session: Session, subject: str, *, provider: str) -> Account:
    """Find the account of the person the provider vouches for.

    Parameters
    ----------
    session : Session
        A system session; the caller commits it also when this raises.
    subject : str
        Who the person is at the provider; its token was checked.
    provider : str
        The provider's name, for words.

    Raises
    ------
    UnknownOutside
        When no open account is bound to the person.
    """
    account = session.scalars(select(Account).where(Account.outside_subject == subject)).first()
    if account is None or not account.active:
        audit.record(session, "accounts.sign_in", account, result="refused", way="outside")
        raise UnknownOutside(provider=provider)
    bind_viewer(session, replace(viewer_of(session), account_id=account.id, username=account.username))
    audit.record(session, "accounts.sign_in", account, result="success", way="outside")
    return account


def link_outside(session: Session, account: Account, subject: str) -> None:
    """Bind one's own account to the person the provider vouches for.

    Parameters
    ----------
    session : Session
        A system session; the caller commits.
    account : Account
        Of somebody who is signed in, of that session.
    subject : str
        Who the person is at the provider; its token was checked.

    Raises
    ------
    TakenOutside
        When the person has another account.
    """
    other = session.scalar(select(Account.id).where(Account.outside_subject == subject, Account.id != account.id))
    if other is not None:
        raise TakenOutside
    account.outside_subject = subject[:LONGEST_SUBJECT]
    audit.record(session, "accounts.link_outside", account)


def unlink_outside(session: Session, account: Account) -> None:
    """Sign in with the password alone again.

    Parameters
    ----------
    session : Session
        A system session; the caller commits.
    account : Account
        Of somebody who is signed in, of that session.
    """
    account.outside_subject = None
    audit.record(session, "accounts.unlink_outside", account)
