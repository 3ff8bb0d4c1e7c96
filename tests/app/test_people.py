"""The fixtures themselves: each persona is who it says."""

from __future__ import annotations

import pytest

from tests.people import PERSONAS, Office


@pytest.mark.parametrize("persona", sorted(PERSONAS))
def test_a_persona_is_signed_in(office: Office, persona: str) -> None:
    browser = office.browser(persona)
    with browser.client as client:
        client.get("/healthz")
        answer = client.get("/no-such-page")
    assert answer.status_code == 404


def test_a_stranger_is_sent_to_sign_in(office: Office) -> None:
    answer = office.browser().get("/no-such-page", headers={"Accept": "application/json"})
    assert answer.status_code in (401, 404)
