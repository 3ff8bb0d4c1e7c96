"""The English words that columns may hold; the interface translates them."""

ROLES = (
    "viewer",
    "leader",
    "caretaker",
    "clerk",
    "approver",
    "department",
    "planner",
    "auditor",
    "administrator",
)
ACCOUNT_STATES = ("active", "invited", "locked", "closed")
VILLAGE_CLASSES = ("clustered", "suburban", "characteristic", "relocating", "other")
SITE_TYPES = ("urban", "rural")
FACILITY_LEVELS = ("village", "cluster", "town", "county")
FACILITY_STATUSES = ("in_use", "idle", "closed", "planned")
ROAD_CLASSES = ("national", "provincial", "county", "town", "village")
STAGES = (
    "planned",
    "library",
    "listed",
    "approved",
    "contracted",
    "started",
    "finished",
    "accepted",
    "handed_over",
    "terminated",
)
# Dated steps of a project: its stages, what leads to the library, and the accounts on their own clock.
MILESTONES = ("declared", "reviewed", "appraised", "tendered", *STAGES, "settled", "final_accounts")
PROJECT_KINDS = ("works", "purchase", "reward", "service")
ALLOCATION_KINDS = ("arranged", "adjusted", "returned")
CATEGORIES = (
    "industry",
    "employment",
    "rural_construction",
    "relocation_support",
    "three_guarantees",
    "governance",
    "management_fee",
    "other",
)
FUND_SOURCES = (
    "central",
    "province",
    "city",
    "county",
    "east_west",
    "designated_unit",
    "donation",
    "bond",
    "self_raised",
    "private",
    "other",
)
CLASSES = ("earning", "public", "household")
FORMS = ("fixed", "biological", "equity", "intangible")
OPERATING_STATUSES = (
    "under_construction",
    "operating",
    "inefficient",
    "idle",
    "seasonal",
    "in_dispute",
    "damaged",
    "disposed",
)
POSITION_QUALITIES = ("surveyed", "drawn", "phone", "village_point")
DEPRECIATION_RULES = ("straight_line", "none")
VALUE_EVENT_KINDS = ("new", "extension", "overhaul", "impairment", "surplus", "missing", "conversion")
STATUSES = ("in_order", "due_soon", "overdue", "unarranged", "exempt")

# What an unarranged upkeep lacks, as bits.
NO_BODY, NO_PERSON, NO_MONEY = 1, 2, 4
MISSING_FIELDS = {"body": NO_BODY, "person": NO_PERSON, "money": NO_MONEY}

RIGHT_KINDS = (
    "ownership",
    "use",
    "operation",
    "income",
    "distribution",
    "disposal",
    "supervision",
    "upkeep",
)
# Held in shares that add up; held by one at a time; the rest by several, without shares.
SHARED_RIGHTS = ("ownership", "income")
EXCLUSIVE_RIGHTS = ("operation", "distribution", "disposal")
PARTY_TYPES = (
    "state_unit",
    "town",
    "village_collective",
    "household",
    "company",
    "cooperative",
    "individual",
)
# Their codes are personal values and their names are shared by many.
PEOPLE = ("household", "individual")
LEVELS = ("nation", "province", "city", "county", "town", "village")
TERM_KINDS = (
    "sector",
    "fund_source",
    "fund_name",
    "project_category",
    "four_batch",
    "village_class",
    "facility_type",
    "asset_type",
    "right_kind",
    "code_system",
)
