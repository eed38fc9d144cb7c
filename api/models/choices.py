"""Closed lists of values that columns hold; GraphQL shows them as enums."""

from enum import StrEnum


class Family(StrEnum):
    """The five families of a community."""

    COMMITTEE = "COMMITTEE"
    OWNERS = "OWNERS"
    PROPERTY_FIRM = "PROPERTY_FIRM"
    UNITS = "UNITS"
    EXPERTS = "EXPERTS"


class PlaceKind(StrEnum):
    """Kinds of place; below COMMUNITY the order is not fixed."""

    COUNTRY = "COUNTRY"
    PROVINCE = "PROVINCE"
    CITY = "CITY"
    DISTRICT = "DISTRICT"
    SUBDISTRICT = "SUBDISTRICT"
    TOWN = "TOWN"
    COMMUNITY = "COMMUNITY"
    VILLAGE = "VILLAGE"
    ESTATE = "ESTATE"
    COURTYARD = "COURTYARD"
    LANE = "LANE"
    GRID = "GRID"
    BUILDING = "BUILDING"
    ENTRANCE = "ENTRANCE"


class EstateKind(StrEnum):
    """What sort of estate or settlement a place is."""

    COMMERCIAL = "COMMERCIAL"
    OLD = "OLD"
    WORK_UNIT = "WORK_UNIT"
    URBAN_VILLAGE = "URBAN_VILLAGE"
    BUNGALOW = "BUNGALOW"
    VILLAGE = "VILLAGE"
    MIXED = "MIXED"


class PlaceLinkKind(StrEnum):
    """What a link between two places says; links never carry authority."""

    ADJACENT = "ADJACENT"
    TOUCHES = "TOUCHES"


class Visibility(StrEnum):
    """Who may see an item besides its owner and those in charge; the widest first."""

    PUBLIC = "PUBLIC"
    MEMBERS = "MEMBERS"
    ADMINISTRATORS = "ADMINISTRATORS"


class LineKind(StrEnum):
    """What a requirement line asks for."""

    GOODS = "GOODS"
    SPACE = "SPACE"
    DEVICE = "DEVICE"
    LABOUR = "LABOUR"
    MONEY = "MONEY"
    SERVICE = "SERVICE"


class Urgency(StrEnum):
    """How soon something is needed, in ascending order."""

    LOW = "LOW"
    NORMAL = "NORMAL"
    HIGH = "HIGH"
    EMERGENCY = "EMERGENCY"


class Source(StrEnum):
    """How an item came in."""

    RESIDENT = "RESIDENT"
    ON_BEHALF = "ON_BEHALF"
    GRID_WORKER = "GRID_WORKER"
    HOTLINE = "HOTLINE"
    ORGANISATION = "ORGANISATION"


class Consent(StrEnum):
    """How somebody agreed that another person enters their need."""

    ORAL = "ORAL"
    PAPER = "PAPER"


class Recorder(StrEnum):
    """Who enters a need for somebody else, seen from that person."""

    GRID_WORKER = "GRID_WORKER"
    BUILDING_HEAD = "BUILDING_HEAD"
    STAFF = "STAFF"
    CHILD = "CHILD"
    SPOUSE = "SPOUSE"
    RELATIVE = "RELATIVE"
    NEIGHBOUR = "NEIGHBOUR"
    OTHER = "OTHER"


class PriceClass(StrEnum):
    """How a service is paid, in ascending order."""

    WITHIN_FEE = "WITHIN_FEE"
    FREE = "FREE"
    LOW_PRICE = "LOW_PRICE"
    MARKET = "MARKET"


class ResourceKind(StrEnum):
    """A plain resource, or the one that a service item or a registration owns."""

    RESOURCE = "RESOURCE"
    SERVICE_ITEM = "SERVICE_ITEM"
    REGISTRATION = "REGISTRATION"


class ListKind(StrEnum):
    """Which of the three lists a document is."""

    RESOURCE = "RESOURCE"
    NEED = "NEED"
    PROJECT = "PROJECT"


class ItemKind(StrEnum):
    """What a child row, an external id or a history row belongs to."""

    NEED = "NEED"
    RESOURCE = "RESOURCE"
    PROJECT = "PROJECT"
    SERVICE_ITEM = "SERVICE_ITEM"
    ORGANISATION = "ORGANISATION"
    ITEM_LIST = "ITEM_LIST"
    CLAIM = "CLAIM"
    AGREEMENT = "AGREEMENT"


class ClaimSide(StrEnum):
    """Which side of a claim speaks."""

    ASKER = "ASKER"
    CLAIMANT = "CLAIMANT"


class ParticipantStatus(StrEnum):
    """Whether somebody invited to a claim takes part."""

    INVITED = "INVITED"
    JOINED = "JOINED"
    LEFT = "LEFT"


class OrganisationStatus(StrEnum):
    """Whether an organisation takes part."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"


class ServicePointLevel(StrEnum):
    """For how wide a circle a service point is there."""

    DISTRICT = "DISTRICT"
    SUBDISTRICT = "SUBDISTRICT"
    COMMUNITY = "COMMUNITY"
    ESTATE = "ESTATE"
    BUILDING = "BUILDING"


class JobStatus(StrEnum):
    """How far a background job is."""

    WAITING = "WAITING"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"
