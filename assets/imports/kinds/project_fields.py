"""What a ledger of projects may say: the project, its dated steps, and its money by fund document."""

from __future__ import annotations

from typing import Final

from assets.imports.fields import POSITION_FIELDS, REGION_FIELDS, Field

# By milestone: the titles of its day and of its document, and how offices head the two.
STEPS: Final[dict[str, tuple[str, tuple[str, ...], str, tuple[str, ...]]]] = {
    "planned": ("Planned on", ("谋划日期", "谋划时间"), "", ()),
    "declared": ("Declared on", ("申报日期", "申报时间"), "Declaration", ("申报文件", "申报文号")),
    "reviewed": ("Reviewed by the town on", ("审核日期", "审核时间"), "Town review", ("审核意见", "审核文件")),
    "appraised": ("Appraised on", ("论证日期", "论证时间"), "Appraisal", ("论证意见", "论证文件")),
    "library": ("In the library on", ("入库日期", "入库时间"), "Decision on the library", ("入库文件", "入库文号")),
    "listed": ("Listed on", ("列入计划日期", "计划下达时间", "列入计划时间"), "Yearly plan", ("计划文件", "计划文号")),
    "approved": ("Approved on", ("批复日期", "批复时间"), "Approval document", ("批复文件", "批复文号")),
    "tendered": ("Tendered on", ("招标日期", "中标日期", "招标时间"), "Notice of award", ("中标通知书", "招标文件")),
    "contracted": (
        "Contracted on",
        ("合同日期", "签订合同日期", "合同签订时间"),
        "Contract number",
        ("合同编号", "合同"),
    ),
    "started": ("Started on", ("开工日期", "开工时间"), "Order to start", ("开工令",)),
    "finished": ("Finished on", ("完工日期", "完工时间", "竣工日期", "竣工时间"), "Completion report", ("竣工报告",)),
    "accepted": ("Accepted on", ("验收日期", "验收时间"), "Acceptance report", ("验收报告", "验收文号")),
    "handed_over": ("Handed over on", ("移交日期", "移交时间"), "Handover document", ("移交书", "移交文件")),
    "terminated": ("Ended on", ("终止日期", "终止时间"), "Reason of the end", ("终止原因",)),
    "settled": ("Settled on", ("结算日期", "结算时间"), "Settlement report", ("结算报告", "结算审核报告")),
    "final_accounts": (
        "Final accounts on",
        ("决算日期", "决算时间"),
        "Final accounts document",
        ("决算批复", "决算文件"),
    ),
}
MILESTONES: Final = tuple(STEPS)
# What a step of this name says in place of a document.
NOTED: Final = "terminated"

# Columns of the record that a row may say, under their own names.
COLUMNS: Final = (
    "code",
    "name",
    "kind",
    "category",
    "sector",
    "year",
    "budget_yuan",
    "owner_unit",
    "department",
    "is_lead_industry",
    "is_work_relief",
    "wage_share",
    "households_benefiting",
    "performance_goal",
    "description",
    "stage_due_on",
    "source",
)
MONEY: Final = (
    "fund_number",
    "fund_title",
    "fund_source",
    "fund_year",
    "received_on",
    "received_yuan",
    "arranged_on",
    "arranged_yuan",
    "paid_on",
    "paid_yuan",
    "voucher",
    "payee",
    "excess_reason",
)


def day_of(milestone: str) -> str:
    """The field with the day of a step."""
    return f"{milestone}_on"


def document_of(milestone: str) -> str:
    """The field with what proves a step."""
    return f"{milestone}_document"


def _steps() -> tuple[Field, ...]:
    made = []
    for milestone, (day, days, document, documents) in STEPS.items():
        made.append(Field(day_of(milestone), day, "date", days))
        if document:
            made.append(Field(document_of(milestone), document, "text", documents, most=200))
    return tuple(made)


_WHAT = (
    Field("code", "Project code", "code", ("项目编码", "项目编号", "项目代码", "项目库编号"), most=40),
    Field(
        "name",
        "Name",
        "name",
        ("项目名称", "名称"),
        required=True,
        most=200,
        example=("八渡镇大力村产业路硬化工程", "八渡镇大力村产业路硬化工程"),
    ),
    Field("kind", "Project kind", "word", ("项目种类", "实施方式", "建设方式"), words="project_kind"),
    Field(
        "category",
        "Project category",
        "word",
        ("项目类别", "项目类型", "项目分类", "类别"),
        required=True,
        words="category",
        example=("产业发展", "Industry"),
    ),
    Field("sector", "Sector", "term", ("行业", "行业部门", "所属行业"), words="sector"),
    Field(
        "year",
        "Project year",
        "year",
        ("Year", "年度", "项目年度", "实施年度", "年份"),
        required=True,
        example=("2026", "2026"),
    ),
    Field(
        "budget_yuan",
        "Budget",
        "money",
        ("预算", "预算总投资", "总投资", "项目预算", "投资规模", "概算投资", "资金规模"),
        required=True,
        unit="yuan",
        example=("600000", "600000"),
    ),
    Field("owner_unit", "Owner unit", "text", ("业主单位", "实施单位", "项目业主", "建设单位"), most=200),
    Field("department", "Department", "text", ("主管部门", "行业主管部门", "责任部门", "项目主管部门"), most=200),
    Field("is_lead_industry", "Lead industry", "yes", ("首位产业", "是否首位产业", "是否主导产业")),
    Field("is_work_relief", "Work relief", "yes", ("以工代赈", "是否以工代赈")),
    Field("wage_share", "Share of wages", "share", ("劳务报酬占比", "劳务报酬比例", "劳务占比")),
    Field(
        "households_benefiting",
        "Households benefiting",
        "integer",
        ("受益户数", "受益户", "带动户数", "受益农户数"),
        unit="households",
    ),
    Field("performance_goal", "Performance goal", "text", ("绩效目标", "项目绩效目标"), most=4000),
    Field("description", "Content", "text", ("建设内容", "主要建设内容", "建设内容及规模", "项目内容"), most=4000),
    Field("served", "Villages served", "text", ("受益村", "服务村", "覆盖村", "受益村(社区)")),
    Field("stage_due_on", "Next stage due on", "date", ("下一阶段到期", "计划完成时间")),
    Field("source", "Source of the record", "text", ("备注", "说明", "数据来源", "来源"), most=200),
)
_FUNDS = (
    Field(
        "fund_number",
        "Document number",
        "text",
        ("资金文号", "指标文号", "资金指标文", "指标文件", "资金文件"),
        most=100,
    ),
    Field("fund_title", "Title of the fund document", "text", ("资金文件名称", "指标文件名称"), most=200),
    Field("fund_source", "Fund source", "word", ("资金来源", "资金类型", "资金类别"), words="fund"),
    Field("fund_year", "Budget year", "year", ("预算年度", "资金年度")),
    Field("received_on", "Received on", "date", ("下达日期", "到位日期", "资金下达时间")),
    Field(
        "received_yuan", "Received from above", "money", ("下达金额", "到位资金", "到位金额", "指标金额"), unit="yuan"
    ),
    Field("arranged_on", "Arranged on", "date", ("安排日期", "安排时间")),
    Field("arranged_yuan", "Arranged", "money", ("安排金额", "安排资金", "已安排", "安排衔接资金"), unit="yuan"),
    Field("paid_on", "Paid on", "date", ("支付日期", "拨付日期", "支付时间", "拨付时间")),
    Field(
        "paid_yuan", "Paid", "money", ("支付金额", "已支付", "拨付金额", "支出金额", "已支出", "已拨付"), unit="yuan"
    ),
    Field("voucher", "Voucher", "text", ("凭证号", "凭证", "支付凭证"), most=100),
    Field("payee", "Payee", "text", ("收款人", "收款单位"), most=200),
    Field("excess_reason", "Explanation of an excess", "text", ("超额说明", "超支说明"), most=500),
)
# Written by exports, worked out from the rest.
_DERIVED = (
    Field("stage", "Stage", "text", ("项目阶段", "阶段", "进度", "项目进度"), derived=True),
    Field("behind", "Behind schedule", "yes", derived=True),
    Field("unbooked", "Accepted, not booked", "yes", derived=True),
    Field("paid_rate", "Paid of arranged, %", "number", derived=True),
    Field("four_batch", "Four batches", "text", derived=True),
    Field("review", "Review status", "text", derived=True),
    Field("record_number", "Record number", "code", derived=True),
)
FIELDS: Final = (
    *_WHAT,
    *REGION_FIELDS,
    *_steps(),
    *_FUNDS,
    *(one for one in POSITION_FIELDS if one.key != "position_quality"),
    *_DERIVED,
)
