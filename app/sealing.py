"""Secrets that lie in the database are sealed with a key that does not.

The key follows from the installation's secret key. Whoever reads the tables alone, in a backup or on
a replica, cannot read what is sealed.
"""

from __future__ import annotations

import base64
from typing import cast

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask, current_app

from app.config import Settings


class BrokenSeal(Exception):
    """What was sealed was altered, or with another secret key."""


class Sealer:
    """Seals and opens short texts for one purpose, so that what serves one cannot serve another."""

    def __init__(self, secret_key: str, purpose: str) -> None:
        derived = HKDF(SHA256(), 32, salt=None, info=f"xiangtu:{purpose}".encode()).derive(secret_key.encode())
        self._fernet = Fernet(base64.urlsafe_b64encode(derived))

    def seal(self, text: str) -> str:
        """``text`` so that only this installation can read it."""
        return self._fernet.encrypt(text.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """What :meth:`seal` was given.

        Raises
        ------
        BrokenSeal
            When it was not sealed here and for this.
        """
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except (InvalidToken, UnicodeError):
            raise BrokenSeal from None


def init_app(app: Flask, settings: Settings) -> None:
    """Derive the key of second factors once."""
    app.extensions["second_factor_sealer"] = Sealer(settings.secret_key, "second factor")


def second_factor_sealer() -> Sealer:
    """What seals the secrets that telephones share with us."""
    return cast(Sealer, current_app.extensions["second_factor_sealer"])
