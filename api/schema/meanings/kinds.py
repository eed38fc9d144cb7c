"""What kinds, roles, orders and other choices mean."""

from collections.abc import Mapping
from typing import Final

from auth.roles import ROLE_LABELS, Role

_ROLES: Final[Mapping[Role, str]] = {
    Role.ADJUNCT_MEMBER: "sees all projects, lists and agreements there, and estimates",
    Role.ANONYMOUS: "everybody, signed in or not; never granted",
    Role.AUDITOR: "sees everything and the audit log, but no contact; changes nothing",
    Role.BUILDING_HEAD: "sees the needs of a building, and enters needs for neighbours",
    Role.COMMITTEE_ADMINISTRATOR: "as staff; publishes lists and rules, signs agreements, keeps roles and keys",
    Role.COMMITTEE_STAFF: "keeps needs, claims, register and rounds of a community",
    Role.COMMUNITY_COMMISSIONER: "sees all but people's contacts; enters needs and projects",
    Role.DELIBERATION_MEMBER: "sees the estimates of needs; proposes projects",
    Role.DEPARTMENT_OFFICER: "sees affairs and organisations' contacts, not the people behind them",
    Role.EXPERT: "offers resources and claims; never sees the contacts of others",
    Role.GRID_HEAD: "as a grid worker; changes the needs of the grid, sees their history",
    Role.GRID_WORKER: "sees everything in a grid; enters needs on behalf",
    Role.LANE_STEWARD: "submits what needs doing in a lane",
    Role.OWNER: "owns a flat there; may what a resident may",
    Role.OWNERS_COMMITTEE: "as a unit's representative; sees estimates",
    Role.PROPERTY_CLERK: "keeps the firm's service items; claims and completes for it",
    Role.PROPERTY_MANAGER: "as the firm's clerk and as its representative",
    Role.REGISTERED_HELPER: "offers own resources and claims needs",
    Role.RESIDENT: "submits needs, offers resources, claims",
    Role.SUBDISTRICT_OFFICER: "sees and steers the communities of a sub-district",
    Role.SYSTEM_ADMINISTRATOR: "accounts, keys, jobs, reference data; no affairs of the community",
    Role.TEAM_LEAD: "acts and claims for a team",
    Role.UNIT_REPRESENTATIVE: "acts for an organisation",
}

KINDS: Final[Mapping[str, Mapping[str, str]]] = {
    "ClaimSide": {
        "ASKER": "Who asked: the owner of the need or project, or the committee in their name",
        "CLAIMANT": "Who claimed",
    },
    "Consent": {
        "ORAL": "By word of mouth",
        "PAPER": "On paper; it is told where the sheet is kept",
    },
    "Crs": {
        "GCJ02": "What Chinese maps show; converted when it is taken in",
        "WGS84": "GPS and international maps; as it is stored",
    },
    "EstateKind": {
        "BUNGALOW": "平房: single-storey houses in lanes",
        "COMMERCIAL": "商品房小区: flats sold on the market",
        "MIXED": "混合: several of these together",
        "OLD": "老旧小区: an old estate",
        "URBAN_VILLAGE": "城中村: a village that the city has grown around",
        "VILLAGE": "村: a village",
        "WORK_UNIT": "单位小区: flats that an employer once built for its people",
    },
    "ExportForm": {
        "CSV": "Text with commas, in UTF-8",
        "XLSX": "A workbook for Excel",
    },
    "Family": {
        "COMMITTEE": "本家: the two community committees",
        "EXPERTS": "专家: experts",
        "OWNERS": "主家: owners, and with fewer rights all who live there",
        "PROPERTY_FIRM": "管家: the property firm",
        "UNITS": "邻家: organisations located there",
    },
    "ItemOrder": {
        "NEWEST": "The latest entered first",
        "OLDEST": "The first entered first",
    },
    "LineKind": {
        "DEVICE": "设备: a device or tool",
        "GOODS": "物资: things that are given",
        "LABOUR": "人力: hands and hours",
        "MONEY": "资金: money",
        "SERVICE": "服务: a service",
        "SPACE": "场地: a room or a piece of ground",
    },
    "ListKind": {
        "NEED": "需求清单",
        "PROJECT": "项目清单",
        "RESOURCE": "资源清单",
    },
    "MatchOrder": {
        "BEST": "The highest score first",
        "NEWEST": "The latest found first",
    },
    "PlaceKind": {
        "BUILDING": "楼栋: a building",
        "CITY": "市: a city",
        "COMMUNITY": "社区: a community, with a residents' committee",
        "COUNTRY": "国家: the root of all places",
        "COURTYARD": "楼院: a courtyard with its buildings",
        "DISTRICT": "区: a district or county",
        "ENTRANCE": "楼门、单元: an entrance of a building",
        "ESTATE": "小区: a housing estate",
        "GRID": "网格: the round of a grid worker",
        "LANE": "巷: a lane",
        "PROVINCE": "省: a province",
        "SUBDISTRICT": "街道: a sub-district",
        "TOWN": "镇: a town",
        "VILLAGE": "村: a village, with a villagers' committee",
    },
    "PriceClass": {
        "FREE": "免费: free of charge",
        "LOW_PRICE": "低偿: below the market's price",
        "MARKET": "市场价: at the market's price",
        "WITHIN_FEE": "物业费内: covered by the property fee",
    },
    "Recorder": {
        "BUILDING_HEAD": "楼门长: head of the building or entrance",
        "CHILD": "子女: a child",
        "GRID_WORKER": "网格员: the grid worker",
        "NEIGHBOUR": "邻居: a neighbour",
        "OTHER": "其他: somebody else",
        "RELATIVE": "亲属: another relative",
        "SPOUSE": "配偶: husband or wife",
        "STAFF": "社区工作者: committee staff",
    },
    "RegisterKind": {
        "MEMBERSHIP": "A role that somebody holds",
        "ORGANISATION": "An organisation's entry",
        "PAIRING": "包联: a pairing",
        "REGISTRATION": "双报到: a registration",
        "SERVICE_POINT": "阵地: a service point",
        "TEAM": "志愿队: a team",
    },
    "ResourceKind": {
        "REGISTRATION": "Behind a registration: what a unit or person stands ready for",
        "RESOURCE": "Offered as such",
        "SERVICE_ITEM": "Behind a service item",
    },
    "Role": {str(role): f"{ROLE_LABELS[role].zh}: {told}" for role, told in _ROLES.items()},
    "SearchOrder": {
        "NEWEST": "The latest entered first",
        "OLDEST": "The first entered first",
        "RELEVANCE": "相关: what fits the searched words best first; without words the latest",
    },
    "ServicePointLevel": {
        "BUILDING": "楼栋: for a building",
        "COMMUNITY": "社区: for a community",
        "DISTRICT": "区: for a district",
        "ESTATE": "小区: for an estate",
        "SUBDISTRICT": "街道: for a sub-district",
    },
    "Source": {
        "GRID_WORKER": "A grid worker took it in",
        "HOTLINE": "By telephone, e.g. 12345",
        "ON_BEHALF": "Somebody entered it for another person",
        "ORGANISATION": "An organisation entered it",
        "RESIDENT": "Who asks entered it",
    },
    "Urgency": {
        "EMERGENCY": "紧急: now",
        "HIGH": "较急: within days",
        "LOW": "不急: at any time",
        "NORMAL": "一般: in the usual time",
    },
    "Visibility": {
        "ADMINISTRATORS": "Its owner and those in charge alone",
        "MEMBERS": "Also members of the community",
        "PUBLIC": "Everybody",
    },
}
