"""Right values for every operation of the schema, so that a call can be wrong in one place alone."""

import time
from dataclasses import dataclass
from typing import Any

from graphql import build_schema

from api.schema.root import sdl
from tests.e2e.claiming import TAKES, claiming
from tests.e2e.collecting import collecting
from tests.e2e.in_process import InProcess
from tests.e2e.keeping import NOWHERE, SOUND, keeping
from tests.e2e.promising import PERIOD, promising
from tests.e2e.registering import registering
from tests.e2e.spoiling import ALSO
from tests.e2e.story import WAITING

SCHEMA = build_schema(sdl())
assert SCHEMA.query_type
assert SCHEMA.mutation_type
MUTATIONS = SCHEMA.mutation_type.fields
QUERIES = {name: field for name, field in SCHEMA.query_type.fields.items() if field.args}
FOUND = """{ place(code: "140881001008") { id namedFallback { version } }
  organisations(filter: {within: "140881001008", kind: "RESIDENTS_COMMITTEE"}, first: 1) { nodes { id version } }
  others: organisations(filter: {within: "140881001008", kind: "SCHOOL"}, first: 1) { nodes { id version } }
  needs(filter: {within: "140881001008", status: [REQUESTED]}, first: 20) { nodes { id version lines { id claimed } } }
  resources(filter: {within: "140881001008"}, first: 50) { nodes { id version serviceItem { id } } }
  registrations(filter: {within: "140881001008"}, first: 50) { nodes { resource { id } } }
  projects(filter: {within: "140881001008"}, first: 1) { nodes { id version lines { id } } }
  ruleSets(first: 1) { nodes { versions(first: 1) { nodes { id } } } }
  matches(filter: {within: "140881001008"}, first: 1) { nodes { id } } }"""
FIRMS = """{ serviceItems(filter: {within: "x-liuan-huadu", status: [LISTED]}, first: 1) { nodes {
  id version organisation { id } resource { place { id } } ratings(first: 1) { nodes { id } } } } }"""
RATE = "mutation($id: ID!) { serviceItemRate(id: $id, score: 4) { __typename } }"
# Disabled, so that nothing is sent while these tests watch for writes.
WEBHOOKS = "{ webhooks(first: 50) { nodes { id version } } }"
WEBHOOK = """INSERT INTO webhook_endpoint (id, organisation_id, url, kinds, status, version, created_at, updated_at,
  secret_created_at) VALUES (1, ?, 'https://nowhere.invalid/', '["ruleVersion.quarantine"]', 'DISABLED', 1,
  datetime(), datetime(), datetime())"""
JOBS = "{ jobs(first: 20) { nodes { status } } }"
PEOPLE = """{ viewer { person { id household { id } memberships(first: 1) {
  nodes { id version organisation { id } } } } } }"""


@dataclass(frozen=True)
class Right:
    """Right values by name for the operations of one object, and who may send them."""

    token: str
    values: dict[str, Any]


@dataclass(frozen=True)
class World:
    """What exists, for calls that are right but for one value."""

    tokens: dict[str, str]
    rows: dict[str, Any]
    firm: dict[str, Any]
    person: dict[str, Any]
    webhook: dict[str, Any]
    made: dict[str, Any]
    claims: dict[str, dict[str, Any]]
    unit: str

    def right(self, name: str) -> Right:
        """Return the right values for one root field."""
        office = self.rows["organisations"]["nodes"][0]
        values = {
            "place": self.rows["place"]["id"], "parent": self.rows["place"]["id"],
            "owner": {"organisation": office["id"]},
            "organisation": office["id"], "category": "life.haircut", "title": "坏输入", "name": "坏输入",
            "ruleSet": self.made["rule"]["id"], "first": 1, "code": "x-bad-input", "purpose": "试一试",
            "reason": "试一试", "language": "zh", "role": "LANE_STEWARD", "person": self.person["id"],
            **NOWHERE, "keepFormerHours": 1, "document": SOUND,
            "endsAt": "2026-12-01T10:00:00Z",
        }  # fmt: skip
        if name in QUERIES:
            values = {key: values[key] for key in ("first", "code") if key in QUERIES[name].args}
            values |= {"name": "needs"} if name == "exportLink" else {}
            return Right(self.tokens["committee administrator"], values)
        target = self._target(name)
        values |= {"id": target["id"], "expectedVersion": target.get("version", 1)}
        values["items"] = []
        kind, is_list, verb = name.partition("List")
        if is_list and verb in ("Save", "Publish"):
            values["items"] = [self._target(kind)["id"]]
        if is_list and verb == "Publish":
            values["input"] = {key: values[key] for key in ("title", "place", "owner", "items")}
        values |= {"dueOn": "2199-12-01", "organisations": [office["id"]]} if name.startswith("collection") else {}
        if name.startswith("agreement"):
            return self._agreement(name, values)
        if name.startswith("claim") or name.endswith("Claim"):
            return self._claim(name, values, target)
        if name == "serviceItemRate":
            return Right(self.tokens["resident"], values)
        if name.startswith("serviceRating"):
            return Right(self.tokens["clerk's administrator"], values)
        if name == "fallbackProviderSet":
            values["expectedVersion"] = (self.rows["place"]["namedFallback"] or {}).get("version")
        if name.startswith("serviceItem"):
            firm = {"organisation": self.firm["organisation"]["id"], "place": self.firm["resource"]["place"]["id"]}
            return Right(self.tokens["property manager"], values | firm)
        values |= {"kind": "ENTERPRISE"} if name == "organisationRegister" else {}
        values |= {"to": "DEFERRED", "reviewOn": "2027-12-01"} if name == "needAdvance" else {}
        values |= {"person": {"name": "坏输入", "phone": "13900007399"}} if name == "needSubmitForRelative" else {}
        values |= {"ids": [self.made["team"]["id"]]} if name == "registerConfirm" else {}
        values |= {"lead": self.person["id"], "offer": "理发"}
        values[ALSO] = {
            "teamRegister": ("lead",), "pairingCreate": ("organisation", "place"),
            "registrationSubmit": ("organisation", "place", "offer", "category"),
            "membershipGrant": ("person",), "personRegister": ("place",), "collectionRoundInvite": ("organisations",),
            "needSubmit": ("owner",), "needSubmitForRelative": ("person",),
        }.get(name, ("place", "owner", "items") if name.endswith("ListSave") else ())  # fmt: skip
        return Right(self.tokens["committee administrator"], values)

    def _agreement(self, name: str, values: dict[str, Any]) -> Right:
        sides = {"committee": values["organisation"], "unit": self.rows["others"]["nodes"][0]["id"]}
        elsewhere = name == "agreementPromiseRemedy"
        who = "administrator of another community" if elsewhere else "committee administrator"
        return Right(self.tokens[who], values | sides | PERIOD | {"remedy": "补了一次"})

    def _claim(self, name: str, values: dict[str, Any], target: dict[str, Any]) -> Right:
        """Return right values for making a claim, or for what becomes of one."""
        if name in ("needClaim", "projectClaim"):
            lead = {"organisation": self.unit}
            values |= {"line": target["lines"][0]["id"], "input": {"claimant": lead}, ALSO: ("organisation",)}
            return Right(self.tokens["committee administrator"], values)
        claim = self.claims[TAKES.get(name, "PROPOSED")]
        values |= {
            "id": claim["id"], "expectedVersion": claim["version"], "line": claim["lines"][0]["line"]["id"],
            "quantity": 1, "proof": "当面点过", "score": 4, "participant": claim["participants"][0]["id"],
            "consent": "ORAL",
        }  # fmt: skip
        # The administrator made the claim and was asked to join it: a colleague answers.
        others = {"claimContactReveal": "partner", "claimAccept": "staff", "claimConsent": "staff"}
        return Right(self.tokens[others.get(name, "committee administrator")], values)

    def _target(self, name: str) -> dict[str, Any]:
        rule_set = self.rows["ruleSets"]["nodes"][0]
        targets = {"ruleVersionRestore": rule_set["versions"]["nodes"][0]} | self.made | {
            "need": self.rows["needs"]["nodes"][0], "resource": self.rows["resources"]["nodes"][0],
            "project": self.rows["projects"]["nodes"][0],
            "serviceItem": self.firm, "serviceRating": self.firm["ratings"]["nodes"][0],
            "match": self.rows["matches"]["nodes"][0],
            "organisation": self.rows["others"]["nodes"][0],
            "contactReveal": self.person, "webhook": self.webhook,
        }  # fmt: skip
        found: dict[str, Any] = next(
            (row for prefix, row in targets.items() if name.startswith(prefix)), {"id": "Place:1"}
        )
        return found


def world_of(inside: InProcess, tokens: dict[str, str]) -> World:
    """Return what exists once no background job writes any more."""
    _wait_for_jobs(inside, tokens)
    rows = inside.data(FOUND, {}, tokens["committee administrator"])
    (firm,) = inside.data(FIRMS, {}, tokens["property firm clerk"])["serviceItems"]["nodes"]
    if not firm["ratings"]["nodes"]:
        inside.data(RATE, {"id": firm["id"]}, tokens["resident"])
        (firm,) = inside.data(FIRMS, {}, tokens["property firm clerk"])["serviceItems"]["nodes"]
    person = inside.data(PEOPLE, {}, tokens["resident"])["viewer"]["person"]
    webhook = _webhook(inside, tokens)
    if webhook is None:
        inside.watch.execute(WEBHOOK, (rows["organisations"]["nodes"][0]["id"].partition(":")[2],))
        inside.watch.commit()
        webhook = _webhook(inside, tokens)
    assert webhook
    # Of a need that somebody claimed no other claims the whole.
    free = [each for each in rows["needs"]["nodes"] if not any(line["claimed"] for line in each["lines"])]
    rows["needs"]["nodes"] = free
    # What belongs to a service item or a registration is changed there.
    offers = [each["resource"] for each in rows["registrations"]["nodes"]]
    rows["resources"]["nodes"] = [
        each for each in rows["resources"]["nodes"] if each["serviceItem"] is None and {"id": each["id"]} not in offers
    ]
    items = {
        "need": rows["needs"]["nodes"][0]["id"], "project": rows["projects"]["nodes"][0]["id"],
        "resource": rows["resources"]["nodes"][0]["id"],
    }  # fmt: skip
    office, here = rows["organisations"]["nodes"][0]["id"], rows["place"]["id"]
    made = collecting(inside, office, here, items, tokens["committee administrator"])
    unit = rows["others"]["nodes"][0]["id"]
    made |= registering(inside, unit, person["id"], here, tokens["committee administrator"])
    made |= keeping(inside, office, person["id"], here, tokens["committee administrator"])
    made |= promising(inside, office, unit, here, tokens)
    helper = inside.data(PEOPLE, {}, tokens["committee administrator"])["viewer"]["person"]["id"]
    (partner,) = inside.data(PEOPLE, {}, tokens["partner"])["viewer"]["person"]["memberships"]["nodes"]
    grain = partner["organisation"]["id"]
    claims = claiming(inside, office, grain, helper, here, tokens["committee administrator"], tokens["staff"])
    # What was made just now may have begun some.
    _wait_for_jobs(inside, tokens)
    return World(tokens, rows, firm, person, webhook, made, claims, grain)


def _webhook(inside: InProcess, tokens: dict[str, str]) -> dict[str, Any] | None:
    rows = inside.data(WEBHOOKS, {}, tokens["committee administrator"])["webhooks"]["nodes"]
    return next((row for row in rows if row["id"] == "Webhook:1"), None)


def _wait_for_jobs(inside: InProcess, tokens: dict[str, str]) -> None:
    deadline = time.monotonic() + WAITING
    while any(
        job["status"] in ("WAITING", "RUNNING") for job in inside.data(JOBS, {}, tokens["auditor"])["jobs"]["nodes"]
    ):
        assert time.monotonic() < deadline, "jobs do not end"
        time.sleep(0.05)
