"""What each filter means, said a second time in plain Python over whole tables."""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dateutil.rrule import rrulestr

from api import clock
from api.search.cutting import asked_words
from auth.enforcement import Authoriser
from auth.permissions import Action, Object, Permission
from auth.principal import Principal
from auth.relations import RowScope, Visibility
from tests.api.plan.oracle import OWNED, Oracle, Row, Tables

EXACT = {"Need": Object.NEED_EXACT_PLACE, "Resource": Object.RESOURCE_EXACT_PLACE}


@dataclass(frozen=True, slots=True)
class Naive:
    """One caller's view of all tables, and how they answer filters."""

    tables: Tables
    authoriser: Authoriser
    caller: Principal

    def ids(self, name: str, asked: Mapping[str, Any]) -> set[str]:
        """Return the identifiers of a type's rows that the caller may know of and every filter admits."""
        oracle = Oracle(self.tables, self.authoriser, self.caller)
        table = {"ApiKey": "BearerKey", "Webhook": "WebhookEndpoint"}.get(
            name, "ItemList" if name.endswith("List") else name
        )
        return {
            oracle.global_id(table, row)
            for row in self.tables.rows[table].values()
            if (table != "ItemList" or f"{row['kind'].capitalize()}List" == name)
            and oracle.sees(table, row)
            and all(self.admits(name, key, value, row) for key, value in asked.items())
        }

    def admits(self, name: str, key: str, value: Any, row: Row) -> bool:
        tests: dict[str, Callable[[str, Row, Any], bool]] = {
            "within": self.within, "serves": self.serves, "category": self.category, "targetGroup": self.target_group,
            "availableBetween": self.available, "near": self.near, "kind": self.kind, "changedSince": self.changed,
            "resourceList": self.listed, "needList": self.listed, "projectList": self.listed,
            "search": self.search, "round": self.of_round, "answered": self.answered, "overdue": self.overdue,
        }  # fmt: skip
        if key in tests:
            return tests[key](name, row, value)
        held = {
            "family": "family", "ownerOrganisation": "owner_organisation_id", "organisation": "owner_organisation_id",
            "ruleVersion": "rule_version_id", "ruleId": "rule_id", "minimumScore": "score", "status": "status",
        }[key]  # fmt: skip
        found = self.offer(name, row)[held] if key in ("family", "organisation") else row.get(held)
        if name == "CollectionInvitation":
            found = row["owner_organisation_id"]
        if key == "ownerOrganisation" and name == "ServiceItem":
            found = row["organisation_id"]
        if key == "status":
            return found in value
        if key == "minimumScore":
            return bool(found >= value)
        return found == (int(value.partition(":")[2]) if ":" in str(value) else value)

    def offer(self, name: str, row: Row) -> Row:
        """Return the row that carries what is offered: a service item's and a match's is the resource."""
        return self.tables.row("Resource", row["resource_id"]) if name in ("ServiceItem", "Match") else row

    def search(self, name: str, row: Row, value: str) -> bool:
        text = folded("\n".join(self.texts(name, row)))
        return all(stands_in(word.text, text) for word in asked_words(value))

    def texts(self, name: str, row: Row) -> list[str]:
        stems = ("name", "text") if name in ("Organisation", "Place") else ("title", "text")
        carrier = self.offer(name, row)
        found = [carrier.get(f"{stem}_{language}") for stem in stems for language in ("zh", "en")]
        found += [row.get("standard_zh"), row["number"] if name.endswith("List") else None, *row.get("aliases", ())]
        return [text for text in found if text]

    def of_round(self, name: str, row: Row, value: str) -> bool:
        asked = row if name == "CollectionInvitation" else None
        if name != "CollectionInvitation" and row["invitation_id"]:
            asked = self.tables.row("CollectionInvitation", row["invitation_id"])
        return asked is not None and f"CollectionRound:{asked['round_id']}" == value

    def answered(self, name: str, row: Row, value: bool) -> bool:
        handed_in = {"SUBMITTED", "CONFIRMED", "PUBLISHED", "SUPERSEDED"}
        states = {
            each["status"] for each in self.tables.rows["ItemList"].values() if each["invitation_id"] == row["id"]
        }
        return bool(states & handed_in) == value

    def overdue(self, name: str, row: Row, value: bool) -> bool:
        asked = self.tables.row("CollectionRound", row["round_id"])
        late = asked["status"] == "OPEN" and asked["due_on"] < clock.today() and self.answered(name, row, False)
        return bool(late == value)

    def path(self, value: str) -> list[str]:
        places = self.tables.rows["Place"].values()
        path: str = next(p["path"] for p in places if value in (p["code"], f"Place:{p['id']}"))
        return path.rstrip("/").split("/")

    def within(self, name: str, row: Row, value: str) -> bool:
        if name == "Match":
            kind = "Need" if row["need_id"] else "Project"
            return self.within(kind, self.tables.row(kind, row["need_id"] or row["project_id"]), value)
        path = row["path"] if "path" in row else self.tables.row("Organisation", row["organisation_id"])["path"]
        if name in EXACT and not self.knows(EXACT[name], row):
            path = row["public_path"]
        wanted = self.path(value)
        return bool(path.split("/")[: len(wanted)] == wanted)

    def knows(self, object_: Object, row: Row) -> bool:
        scope = RowScope(
            path=row["path"], visibility=Visibility(row["visibility"]), **{fact: row.get(fact) for fact in OWNED}
        )
        return self.authoriser.ask(self.caller, Permission(object_, Action.READ), scope)

    def serves(self, name: str, row: Row, value: str) -> bool:
        resource, wanted = self.offer(name, row), self.path(value)
        areas = [a["path"] for a in self.tables.rows["ServiceArea"].values() if a["resource_id"] == resource["id"]]
        for path in areas or [resource["public_path"]]:
            steps = path.rstrip("/").split("/")
            if wanted[: len(steps)] == steps:
                return True
        return False

    def category(self, name: str, row: Row, value: str) -> bool:
        carrier = self.tables.row("RequirementLine", row["line_id"]) if name == "Match" else self.offer(name, row)
        return bool(carrier["category"].split(".")[: value.count(".") + 1] == value.split("."))

    def target_group(self, name: str, row: Row, value: str) -> bool:
        return bool(value in self.offer(name, row)["target_groups"])

    def available(self, name: str, row: Row, value: Row) -> bool:
        start, end = datetime.fromisoformat(value["from"]), datetime.fromisoformat(value["to"])
        key = "resource_id" if name == "ServiceItem" else f"{name.lower()}_id"
        owner = row["resource_id"] if name == "ServiceItem" else row["id"]
        windows = [w for w in self.tables.rows["TimeWindow"].values() if w[key] == owner]
        return not windows or any(touches(window, start, end) for window in windows)

    def near(self, name: str, row: Row, value: Row) -> bool:
        carrier = self.offer(name, row)
        if carrier["longitude"] is None:
            return False
        return bool(metres(carrier["longitude"], carrier["latitude"], value) <= value["metres"])

    def kind(self, name: str, row: Row, value: Any) -> bool:
        if name == "Place":
            return bool(row["kind"] in value)
        return bool(self.tables.row("PartyKind", row["kind_id"])["code"] == value)

    def changed(self, name: str, row: Row, value: str) -> bool:
        return bool(row["decided_at" if name == "Match" else "updated_at"] >= datetime.fromisoformat(value))

    def listed(self, name: str, row: Row, value: str) -> bool:
        key, oracle = int(value.partition(":")[2]), Oracle(self.tables, self.authoriser, self.caller)
        item_list = self.tables.row("ItemList", key)
        column = f"{item_list['kind'].lower()}_id"
        entries = [e[column] for e in self.tables.rows["ListEntry"].values() if e["item_list_id"] == key]
        return row[column] in entries and oracle.sees("ItemList", item_list)


def folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def stands_in(word: str, text: str) -> bool:
    """Tell whether a word is in a text: Chinese by its pairs of neighbours, letters as a beginning, numbers whole."""
    if "\u4e00" <= word[0] <= "\u9fff":
        return all(word[place : place + 2] in text for place in range(max(len(word) - 1, 1)))
    runs = re.findall("[^\\W_\u3400-\u9fff]+", text)
    return any(run == word or (len(word) > 1 and not word.isnumeric() and run.startswith(word)) for run in runs)


def touches(window: Row, start: datetime, end: datetime) -> bool:
    """Tell whether a window or one of its recurrences overlaps, walking through every occurrence."""
    first, length = window["starts_at"], window["ends_at"] - window["starts_at"]
    if window["rrule"] is None:
        return bool(first < end and first + length > start)
    local = first.astimezone(clock.LOCAL_ZONE).replace(tzinfo=None)
    for occurrence in rrulestr(window["rrule"].replace("Z", ""), dtstart=local):
        begin = occurrence.replace(tzinfo=clock.LOCAL_ZONE)
        if begin >= end:
            return False
        if begin + length > start:
            return True
    return False


def metres(longitude: float, latitude: float, centre: Row) -> float:
    """Return the distance on the sphere (haversine)."""
    x, y = (math.radians(each) for each in (longitude, latitude))
    u, v = (math.radians(centre[each]) for each in ("longitude", "latitude"))
    half = math.sin((y - v) / 2) ** 2 + math.cos(y) * math.cos(v) * math.sin((x - u) / 2) ** 2
    return 2 * 6_371_008.8 * math.asin(math.sqrt(half))
