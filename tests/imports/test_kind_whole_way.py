"""Each kind the whole way: from a file into the register, with one entry a record, and back out without a trace."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from assets.imports.undoing import undo_batch
from assets.scope import Viewer, bind_viewer
from tests import factories
from tests.imports.bringing import Desk

TABLES = ("village", "relocation_site", "facility", "inspection", "person", "road", "region")
TABLES += ("project", "project_stage", "project_area", "fund_document", "allocation", "payment")
BORDER = "MULTIPOLYGON(((106.5 34.7,107 34.7,107 34.9,106.5 34.9,106.5 34.7)))"
LEDGERS: dict[str, list[dict[str, Any]]] = {
    "village": [
        {"乡镇": "八渡镇", "名称": "大力村", "村庄分类": "集聚提升", "户数": "312", "村集体收入(万元)": "12.5"},
        {"乡镇": "八渡镇", "名称": "八渡村委会", "村庄分类": "其他", "脱贫村": "是"},
    ],
    "site": [
        {"安置点名称": "大力安置点", "乡镇": "八渡镇", "村": "大力村", "安置点类型": "农村安置", "搬迁户数": "40"}
    ],
    "facility": [{"设施名称": "大力村卫生室", "村": "大力村", "设施类型": "村卫生室", "设施级别": "村"}],
    "inspection": [
        {"资产编号": "T-1", "巡查日期": "2026-11-01", "巡查结果": "一切正常", "巡查人": "张三"},
        {"资产名称": "大力村蓄水池", "村": "大力村", "巡查日期": "2026-10-01", "巡查结果": "发现问题", "问题": "漏水"},
    ],
    "border": [
        {"行政区划代码": "610327101", "geometry": BORDER, "示意": "是"},
    ],
    "road": [
        {"道路名称": "八渡路", "道路等级": "县道", "路宽": "4.5", "geometry": "LINESTRING(106.5 34.8,106.6 34.85)"}
    ],
    "project": [
        {
            "项目编码": "P-1",
            "项目名称": "大力村产业路",
            "乡镇": "八渡镇",
            "村": "大力村",
            "项目种类": "工程建设",
            "项目类别": "产业发展",
            "年度": "2026",
            "预算(万元)": "60",
            "谋划日期": "2026-01-05",
            "入库日期": "2026-01-15",
            "入库文件": "陇农发1号",
            "受益村": "八渡村",
            "资金文号": "陇财农〔2026〕1号",
            "资金来源": "中央",
            "下达日期": "2026-02-01",
            "下达金额(万元)": "100",
            "安排日期": "2026-03-01",
            "安排金额(万元)": "50",
            "支付日期": "2026-06-01",
            "支付金额(万元)": "20",
            "凭证号": "记-1",
            "收款人": "陕西某公司",
        }
    ],
}


def said(desk: Desk) -> dict[str, Any]:
    """A checksum of what every table says, shapes included, but when and in which version."""
    bind_viewer(desk.session, Viewer.system())
    row = "to_jsonb(t) - '{revision,updated_at,updated_by}'::text[]"
    checksum = "SELECT md5(coalesce(string_agg(({row})::text, '|' ORDER BY id), '')) FROM {table} t"
    return {name: desk.session.scalar(text(checksum.format(row=row, table=name))) for name in TABLES}


@pytest.mark.parametrize("kind", list(LEDGERS))
def test_a_ledger_is_entered_and_taken_back_without_a_trace(lasting: Desk, kind: str) -> None:
    session, tree = lasting.session, lasting.tree
    factories.asset(session, tree.north_villages[0], name="大力村蓄水池", code="T-1")
    planner = lasting.account("planner", "planner", tree.county)
    session.commit()
    before = said(lasting)
    batch = lasting.bring(LEDGERS[kind], kind=kind, account=planner, where=tree.county, datum="cgcs2000")
    session.commit()
    rows = len(LEDGERS[kind])
    assert lasting.problems(batch) == [[]] * rows
    verdict = "changed" if kind == "border" else "new"
    assert batch.counts["verdicts"] == {verdict: rows}, batch.problems
    lasting.commit(batch)
    session.commit()
    assert said(lasting) != before
    again = lasting.bring(LEDGERS[kind], kind=kind, account=planner, where=tree.county, datum="cgcs2000")
    assert again.counts["verdicts"] == {"same": rows}, [row.differences for row in lasting.rows(again)]
    session.rollback()
    done = undo_batch(lasting.acts(planner), batch.id, today=factories.DAY)
    session.commit()
    assert (done.status, done.left) == ("undone", [])
    assert said(lasting) == before
