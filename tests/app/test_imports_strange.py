"""A ledger in words that nobody here uses: the page asks what its columns mean, and reads it then."""

from __future__ import annotations

import pytest

from assets.terms.defaults import load_defaults
from tests.app.imports_desk import Clerk, ledger, work
from tests.people import Office

STRANGE = {"物件": "大力村卫生室", "归属镇": "八渡镇", "归属地": "大力村", "归类": "村卫生室"}


@pytest.fixture
def clerk(office: Office) -> Clerk:
    with office.session() as session:
        load_defaults(session)
    return Clerk(office, office.browser("clerk"))


def test_the_page_of_a_ledger_that_was_not_understood_asks_what_its_columns_mean(clerk: Clerk) -> None:
    address = clerk.upload(ledger([STRANGE]), kind="facility").location
    batch = int(address.rpartition("/")[2])
    work(clerk.office, "check", batch)
    page = clerk.browser.text(address)
    assert "未找到表头" in page
    assert all(heading in page for heading in STRANGE)
    chosen = dict(
        zip(
            ("column-0-0", "column-0-1", "column-0-2", "column-0-3"),
            ("name", "town", "village", "type"),
            strict=True,
        )
    )
    answer = clerk.browser.post(f"/imports/{batch}/columns", chosen)
    assert answer.status_code in (302, 303)
    work(clerk.office, "check", batch)
    page = clerk.browser.text(address)
    assert "未找到表头" not in page
    assert "大力村卫生室" in page
