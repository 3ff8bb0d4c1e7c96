"""What a ledger of assets may say: the columns of a card, and those that the app's own list exports."""

from __future__ import annotations

from assets.imports.fields import POSITION_FIELDS, REGION_FIELDS, Field
from assets.vocabulary import FUND_SOURCES

# One column of money for each source, as offices keep 资金来源分列.
_SOURCES: dict[str, tuple[str, tuple[str, ...]]] = {
    "central": ("Central funds", ("中央", "中央资金", "中央财政", "中央衔接资金", "其中中央")),
    "province": ("Provincial funds", ("省级", "省级资金", "省级财政", "省级衔接资金", "其中省级")),
    "city": ("City funds", ("市级", "市级资金", "市级财政", "其中市级")),
    "county": ("County funds", ("县级", "县级资金", "县级财政", "区级资金", "其中县级")),
    "east_west": (
        "East–west cooperation funds",
        ("东西部协作", "东西部协作资金", "苏陕协作", "苏陕协作资金", "协作资金"),
    ),
    "designated_unit": ("Designated unit's funds", ("定点帮扶", "定点帮扶资金", "帮扶单位资金")),
    "donation": ("Donated funds", ("社会捐赠", "捐赠资金", "社会帮扶", "社会帮扶资金")),
    "bond": ("Bond funds", ("债券", "债券资金", "地方债", "专项债")),
    "self_raised": ("Self-raised funds", ("自筹", "自筹资金", "群众自筹", "村集体自筹")),
    "private": ("Private funds", ("社会资本", "企业投入", "社会投入")),
    "other": ("Other funds", ("其他资金", "其它资金", "其他来源")),
}
FUND_FIELDS = tuple(f"fund_{source}" for source in FUND_SOURCES)
# Fields with the code of another system, by the term of the kind code_system.
CODE_FIELDS = {"national_code": "national", "three_assets_code": "three_assets"}

_WHAT = (
    Field("code", "Asset code", "code", ("资产编号", "系统编码", "编码", "资产代码"), example=("", "")),
    Field(
        "name",
        "Name",
        "name",
        ("资产名称", "名称", "项目资产名称", "asset name"),
        required=True,
        most=200,
        example=("大力村安全饮水工程", "Dali village waterworks"),
    ),
    Field(
        "asset_class",
        "Asset class",
        "word",
        ("资产分类", "资产类型", "类别", "资产性质", "三类", "class"),
        required=True,
        words="class",
        example=("公益性", "Public-benefit"),
    ),
    Field("type", "Type", "term", ("资产子类", "子类", "二级分类", "具体类型"), words="asset_type"),
    Field("sector", "Sector", "term", ("行业", "行业部门", "所属行业", "行业类别"), words="sector"),
    Field("form", "Form", "word", ("形态", "资产形态", "资产形式"), words="form"),
    Field("quantity", "Quantity", "number", ("数量", "规模", "建设规模", "资产数量"), example=("3.2", "3.2")),
    Field("unit", "Unit", "text", ("单位", "计量单位", "规模单位"), most=500, example=("公里", "km")),
    Field("specification", "Specification", "text", ("规格", "规格型号", "型号", "建设内容", "主要建设内容"), most=500),
    Field(
        "useful_life_years",
        "Useful life",
        "integer",
        ("使用年限", "折旧年限", "使用年限(年)", "设计年限"),
        unit="years",
    ),
    Field("depreciation", "Depreciation rule", "word", ("折旧方式", "折旧方法"), words="depreciation"),
    Field(
        "built_on",
        "Built on",
        "date",
        ("购建日期", "购建时间", "建成日期", "建成时间", "竣工日期", "竣工时间", "形成时间", "购置日期", "入账日期"),
        example=("2024-05-20", "2024-05-20"),
    ),
    Field("handed_over_on", "Handed over on", "date", ("移交日期", "移交时间", "资产移交时间")),
    Field("registered", "Booked in the accounts", "yes", ("是否入账", "是否登记", "是否登记入账", "已登记")),
    Field("certified_on", "Certified on", "date", ("确权日期", "确权时间")),
    Field("certificate", "Certificate", "text", ("确权文号", "确权证号", "确权证书号", "确权凭证"), most=500),
    Field(
        "operating_status",
        "Operating status",
        "word",
        ("状态", "运营状态", "资产状态", "使用状态", "运行状态", "现状", "资产现状"),
        words="operating",
        example=("运营正常", "Operating"),
    ),
    Field("operating_since", "Operating status since", "date", ("状态日期", "状态起始日期", "状态自")),
    Field("papers_missing", "Papers missing", "yes", ("资料缺失", "是否资料缺失", "资料不全")),
)
_WORTH = (
    Field(
        "original_value_yuan",
        "Original value",
        "money",
        ("资产原值", "原值", "原始价值", "资产价值", "购建价值", "账面原值", "总投资", "资金规模"),
        unit="yuan",
        example=("450000", "450000"),
    ),
    *(
        Field(f"fund_{source}", _SOURCES[source][0], "money", _SOURCES[source][1], unit="yuan")
        for source in FUND_SOURCES
    ),
    Field("fund_source", "Fund source", "word", ("资金来源", "资金类型", "资金类别"), words="fund"),
    Field("project_code", "Project code", "code", ("项目编码", "项目编号", "项目库编号", "项目代码")),
    Field("project", "Project", "name", ("项目名称", "来源项目", "所属项目", "形成项目")),
    Field("project_year", "Project year", "year", ("项目年度", "年度", "实施年度", "资金年度", "项目实施年度")),
)
_WHOSE = (
    Field(
        "owner",
        "Owner",
        "shares",
        ("所有权人", "所有权", "所有权归属", "产权归属", "权属", "产权单位", "资产所有者", "所有者", "产权人"),
        example=("大力村股份经济合作社", "大力村股份经济合作社"),
    ),
    Field(
        "operator", "Operator", "name", ("经营主体", "经营单位", "运营主体", "承租人", "经营者", "使用单位", "运营单位")
    ),
    Field("operating_mode", "Mode of operation", "text", ("经营方式", "运营方式", "运营模式"), derived=True),
    Field("income_holders", "Income goes to", "shares", ("收益权人", "收益权", "收益归属", "收益权归属", "收益主体")),
    Field(
        "supervisor",
        "Supervised by",
        "name",
        ("监督主体", "监督单位", "监管单位", "监督权人", "行业监管部门", "监管主体"),
    ),
)
_UPKEEP = (
    Field("upkeep_body", "Upkeep body", "name", ("管护主体", "管护单位", "管护责任主体", "管护责任单位")),
    Field(
        "post", "Upkeep post", "name", ("管护岗位", "岗位", "岗位名称"), most=100, example=("村级管护员", "村级管护员")
    ),
    Field(
        "person",
        "Person responsible",
        "name",
        ("责任人", "管护责任人", "管护人", "管护人员", "管护员", "管护责任人姓名"),
        most=100,
        personal=True,
    ),
    Field(
        "phone", "Telephone", "phone", ("电话", "联系电话", "联系方式", "手机", "手机号", "责任人电话"), personal=True
    ),
    Field("upkeep_fund", "Upkeep money from", "word", ("管护经费来源", "经费来源", "管护资金来源"), words="fund"),
    Field(
        "annual_budget_yuan",
        "Upkeep budget a year",
        "money",
        ("管护经费", "经费", "年管护经费", "年度管护经费"),
        unit="yuan",
    ),
    Field(
        "interval_days",
        "Inspection interval",
        "integer",
        ("巡查周期", "巡查间隔", "巡查周期(天)", "巡检周期"),
        unit="days",
    ),
)
_ELSEWHERE = (
    Field(
        "national_code",
        "Code in the national system",
        "code",
        ("国家系统编码", "全国系统编码", "防返贫系统编码", "国办系统编码"),
        most=60,
    ),
    Field(
        "three_assets_code",
        "Code in the three-assets platform",
        "code",
        ("三资平台编码", "三资编码", "三资平台编号"),
        most=60,
    ),
    Field("source", "Source of the record", "text", ("备注", "说明", "数据来源"), most=500),
)
# Written by exports, worked out from the rest.
_DERIVED = (
    Field("net_value", "Net value", "money", ("净值", "资产净值", "账面净值"), derived=True),
    Field("funds", "Funds by source", "text", ("资金来源构成",), derived=True),
    Field("status", "Upkeep status", "text", ("管护状态",), derived=True),
    Field("missing", "Upkeep lacks", "text", ("管护缺项",), derived=True),
    Field("due_on", "Inspect by", "text", ("应巡查日期",), derived=True),
    Field("last_on", "Last inspected on", "text", ("最近巡查",), derived=True),
    Field("filled", "Filled in", "text", ("完整度",), derived=True),
    Field("outside_codes", "Codes elsewhere", "text", ("其他系统编码",), derived=True),
)

FIELDS = (*_WHAT, *REGION_FIELDS, *_WORTH, *_WHOSE, *_UPKEEP, *_ELSEWHERE, *POSITION_FIELDS, *_DERIVED)
