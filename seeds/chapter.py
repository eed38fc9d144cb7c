"""A chapter of the story: a community in a plain text file, read into the entries that the loader takes.

A file is read line by line, its fields lie between bars (docs/decisions/0026):

    at|140881001001|2026-10-12|2026-10-16        the place, when its items were entered, when its lists came out
    estate|key|name|English|kind|firm or none|longitude,latitude
    party|key|kind|name|English|place            the place may be left out
    registered|key|kind|name|English|place|day   a public body that registered here and is paired with that place
    paired|party|place|day                       another unit that is paired with a place, or with the whole of it;
                                                 nobody confirmed it since the day, if there is one
    point|name|English|level|hours|services|place
    person|key|name|English|place|household|tenant
    resources|owner|title|English                a list, likewise needs and projects; services has no title
    - title|English|text|category|amount|hours|options
    agreement|unit|from|to
    - promise|category|amount|due|options        how a broken one was made good: remedied=day how=words
    team|party|lead|members|skills               skills with commas
    helper|person|unit|offer|category|amount|hours|skills
    claim|claimant|title of what is claimed|begun|until|state|words|options

A key means the file's own thing first, then the story's. Needs and projects have lines instead of an amount
("advice.legal 1 TIME; 3 PERSON") and no hours; services have a price ("LOW_PRICE:5/TIME").
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from seeds.chapter_item import KINDS, item
from seeds.chapter_promise import agreement, claim, helper, point, promise, team
from seeds.files import Entry
from seeds.names import Names
from seeds.shorthand import options

TABLES = {"resources": "resources", "needs": "needs", "projects": "projects", "services": "service_items"}
INVENTED = "演示单位,名称与承诺均为编造"
DEMO = "演示·"
Tables = dict[str, list[Entry]]


@dataclass(slots=True)
class Chapter:
    """What a file has said so far."""

    slug: str
    families: Mapping[str, str | None]
    names: Names
    tables: Tables = field(default_factory=lambda: defaultdict(list))
    entered: str = ""
    published: str = ""
    word: str = ""
    by: str = ""
    heading: Entry = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def read(self, text: str) -> Tables:
        """Return the entries of a file, by table."""
        for line in text.splitlines():
            word, *rest = line.removeprefix("- ").split("|")
            if line.startswith("- "):
                self._line([word, *rest])
            elif word in KINDS:
                self._list(word, *rest)
            else:
                getattr(self, f"_{word}")(*rest)
        return self.tables

    def _at(self, place: str, entered: str, published: str) -> None:
        self.names.here, self.entered, self.published = place, entered, published

    def _estate(self, key: str, zh: str, en: str, kind: str, firm: str, point: str) -> None:
        longitude, latitude = map(float, point.split(","))
        entry: Entry = {
            "key": f"x-{self.slug}-{key}", "code": None, "kind": "ESTATE", "zh": zh, "en": en,
            "parent": self.names.here, "aliases": [], "point": {"longitude": longitude, "latitude": latitude},
            "estateKind": kind, "shareOver60": None, "hasPropertyFirm": firm == "firm", "adjacentTo": [],
            "touches": [], "note": None, "place": f"x-{self.slug}-{key}",
        }  # fmt: skip
        self._know("places", key, entry)

    def _party(self, key: str, kind: str, zh: str, en: str, place: str = "") -> None:
        entry = {
            "key": f"org-{self.slug}-{key}", "name": {"zh": zh, "en": en}, "kind": kind, "text": None,
            "family": self.families[kind], "place": self.names.place(place), "invented": True, "note": INVENTED,
        }  # fmt: skip
        self._know("organisations", key, entry)

    def _registered(self, key: str, kind: str, zh: str, en: str, place: str, since: str = "") -> None:
        self._party(key, kind, zh, en)
        unit = self.names.full(key)
        base = {"by": {"organisation": unit}, "confirmedOn": since or self.published}
        here, paired = self.names.here, self.names.place(place)
        self.tables["registrations"].append(base | {"key": f"registration-{unit}", "place": here, "offer": {}})
        self.tables["pairings"].append(base | {"key": f"pairing-{unit}", "place": paired})

    def _paired(self, party: str, place: str = "", since: str = "") -> None:
        entry = {"by": self.names.owner(party), "place": self.names.place(place)}
        entry["confirmedOn"] = since or self.published
        self.tables["pairings"].append(entry | {"key": f"pairing-{self.slug}-{party}"})

    def _point(self, zh: str, en: str, level: str, when: str, services: str, place: str = "") -> None:
        self.counts["points"] += 1
        entry = point(self.names, f"point-{self.slug}-{self.counts['points']}", zh, en, level, when, services, place)
        self.tables["service_points"].append(entry | {"confirmedOn": self.published})

    def _person(self, key: str, zh: str, en: str, place: str, _: str = "", tenant: str = "") -> None:
        where, household = self.names.place(place), f"household-{self.slug}-{key}"
        contact = {"zh": f"{DEMO}{zh.removeprefix(DEMO)[0]}家", "en": f"Household of {en}"}
        self.tables["households"].append({"key": household, "place": where, "contact": contact, "note": None})
        role = {
            "role": "RESIDENT" if tenant else "OWNER", "place": where, "organisation": None, "family": "OWNERS",
            "validFrom": "2026-01-01", "validTo": None, "confirmedOn": "2026-10-08",
        }  # fmt: skip
        entry = {
            "key": f"person-{self.slug}-{key}", "name": {"zh": zh, "en": en}, "place": where, "household": household,
            "login": None, "memberships": [role], "note": None,
        }  # fmt: skip
        self._know("people", key, entry)

    def _list(self, word: str, owner: str, zh: str = "", en: str = "") -> None:
        self.word, self.by = word, owner
        self.counts[word] += 1
        self.heading = {
            "key": f"list-{self.slug}-{word}-{self.counts[word]}", "kind": KINDS[word].upper(), "number": None,
            "title": {"zh": zh, "en": en}, "place": self.names.here, "owner": self.names.owner(owner, household=True),
            "family": self.names.family(owner), "periodFrom": "2026-10-01", "periodTo": "2026-12-31",
            "visibility": "PUBLIC", "status": "PUBLISHED", "publishedOn": self.published, "items": [], "note": None,
        }  # fmt: skip
        if zh:
            self.tables["lists"].append(self.heading)

    def _agreement(self, unit: str, start: str, end: str) -> None:
        self.word, self.by = "agreement", unit
        self.heading = agreement(self.names, f"agreement-{self.slug}", unit, start, end)
        self.tables["agreements"].append(self.heading)

    def _team(self, party: str, lead: str, members: str, skills: str = "") -> None:
        entry = team(self.names, f"team-{self.slug}-{party}", party, lead, int(members), skills, self.published)
        self.tables["teams"].append(entry)

    def _helper(self, person: str, unit: str, offer: str, category: str, *more: str) -> None:
        entry = helper(self.names, f"registration-{self.slug}-{person}", person, unit, offer, category, more)
        self.tables["registrations"].append(entry | {"confirmedOn": self.published})

    def _claim(self, by: str, title: str, begun: str, until: str, status: str, words: str = "", *more: str) -> None:
        kind, item = self.names.titled[title]
        entry = claim(self.names, by, begun, until, status, words, options(list(more)))
        self.counts["claims"] += 1
        under = f"agreement-{self.slug}" if entry.pop("under") else None
        led = f"team-{self.slug}-{by}" if entry.pop("asTeam") else None
        found = {"key": f"claim-{self.slug}-{self.counts['claims']}", "kind": kind.upper(), "item": item}
        self.tables["claims"].append(entry | found | {"agreement": under, "team": led})

    def _line(self, parts: list[str]) -> None:
        if self.word == "agreement":
            self.heading["promises"].append(promise(parts))
            return
        self.counts["items"] += 1
        key = f"{KINDS[self.word]}-{self.slug}-{self.counts['items']:02d}"
        self.names.titled[parts[0]] = (KINDS[self.word], key)
        self.heading["items"].append(key)
        self.tables[TABLES[self.word]].append(item(self.names, self.word, key, self.by, self.entered, parts))

    def _know(self, table: str, key: str, entry: Entry) -> None:
        if key in self.names.own:
            raise ValueError(f"{self.slug}: {key} is named twice")
        self.tables[table].append(entry)
        self.names.own[key] = (table, entry)
