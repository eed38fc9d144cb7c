"""The short ways in which a chapter writes amounts, prices, hours, requirement lines and options."""

from datetime import date, timedelta

from seeds.files import Entry

MONDAY = date(2026, 11, 2)
# What a requirement line asks for, told by the first level of its category; all else is a service.
LINE_KINDS = {
    "supplies": "GOODS",
    "device": "DEVICE",
    "space": "SPACE",
    "parking": "SPACE",
    "volunteering": "LABOUR",
    "money": "MONEY",
}
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def amount(text: str) -> Entry:
    """Read "12 SHEET"; an empty text is an unknown amount."""
    quantity, _, unit = text.partition(" ")
    return {"quantity": float(quantity) if quantity else None, "unit": unit or None}


def price(text: str) -> Entry:
    """Read "LOW_PRICE:5/TIME", or a class alone; an empty text says nothing about the price."""
    price_class, _, rest = text.partition(":")
    cost, _, unit = rest.partition("/")
    return {"priceClass": price_class or None, "price": float(cost) if cost else None, "priceUnit": unit or None}


def hours(text: str) -> list[Entry]:
    """Read "daily 8:00-20:00", "135 9:00-11:00" (Monday is 1) or "m15 14:00-16:00" (day of the month)."""
    if not text:
        return []
    days, _, span = text.partition(" ")
    if days == "daily":
        first, rule = MONDAY - timedelta(days=1), "FREQ=DAILY"
    elif days.startswith("m"):
        first, rule = MONDAY.replace(day=int(days[1:])), f"FREQ=MONTHLY;BYMONTHDAY={days[1:]}"
    else:
        numbers = [int(each) - 1 for each in days]
        first, rule = MONDAY + timedelta(days=numbers[0]), f"FREQ=WEEKLY;BYDAY={','.join(DAYS[n] for n in numbers)}"
    start, end = (f"{first.isoformat()}T{each:0>5}" for each in span.split("-"))
    return [{"rrule": rule, "start": start, "end": end}]


def lines(text: str, category: str) -> list[Entry]:
    """Read "advice.legal 1 TIME; 3 PERSON"; a line without category asks for the item's own."""
    found = []
    for part in filter(None, text.split("; ")):
        head, _, rest = part.partition(" ")
        own = head.replace(".", "").isdigit()
        code = category if own else head
        kind = LINE_KINDS.get(code.partition(".")[0], "SERVICE")
        found.append({"kind": kind, "category": code, **amount(part if own else rest), "note": None})
    return found


def options(fields: list[str]) -> dict[str, str]:
    """Read "o=wang v=MEMBERS home", the last field of a line, where there is one."""
    said = " ".join(fields).split()
    return {key: value for key, _, value in (each.partition("=") for each in said)}
