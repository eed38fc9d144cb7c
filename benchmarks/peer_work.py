"""What the peers are asked, the SQL that a programmer would write for it, and answers in one form.

The hand-written statements carry the row filter of the partner's key, taken from where the server has it, so that
who writes by hand does not do less.
"""

import json
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from api.db import postgres_credentials
from api.plan.building import Reusing
from api.plan.registry import source_named
from api.plan.source import Parent
from api.plan.viewer import Viewer
from api.plan.visibility import readable
from api.settings import Settings

NESTED, SINGLE, FLAT = "nested page of 50", "single need", "500 flat rows"
SHAPES: Final = (NESTED, SINGLE, FLAT)
FIRST: Final = 50
PAGE, PAGES = 100, 5
SINGLES: Final = 200
"""So many different needs are asked for one by one."""

ROLE: Final = "partner_program"
"""As whom a server connects for which PostgreSQL filters the rows."""

NEED: Final = "id number titleZh status urgency concerns { id nameZh } community { id nameZh }"
FLAT_NEED: Final = "id number titleZh status urgency visibility"

_COLUMNS: Final = """n.id, n.number, n.title_zh, n.status, n.urgency,
    o.id AS unit, o.name_zh AS unit_name, c.id AS place, c.name_zh AS place_name"""
_TO_ONE: Final = "LEFT JOIN organisation o ON o.id = n.concerns_id LEFT JOIN place c ON c.id = n.community_id"


@dataclass(frozen=True, slots=True)
class Sql:
    """Statements by hand; `values` are the row filter's and come first, what the question gives comes after."""

    dsn: str
    pool: int
    server_settings: dict[str, str]
    """What each connection sets, as the server's own do."""
    values: list[Any]
    nested: str
    single: str
    nested_json: str
    single_json: str
    """The same for a driver that reads no arrays of rows: the matches as JSON."""
    nested_alone: str
    single_alone: str
    top_matches: str
    """The same in two statements: the needs, and the best matches of many needs at once, by a window."""
    flat: str
    row_filters: dict[str, str]
    """The row filter of each table, with its values written out, as a policy of PostgreSQL needs it."""

    def policies(self) -> str:
        """Return the statements that make `ROLE` see the same rows, in PostgreSQL's own way; owners still see all."""
        # Roles are the whole cluster's, so that another database of it may have made this one.
        made = [f"DO $$ BEGIN CREATE ROLE {ROLE} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$"]
        made += [f'GRANT SELECT ON "{table}" TO {ROLE}' for table in ("organisation", "place", *self.row_filters)]
        for table, condition in self.row_filters.items():
            made.append(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
            made.append(f'CREATE POLICY seen ON "{table}" FOR SELECT TO {ROLE} USING ({condition})')
        return ";\n".join(made)

    def store(self, place: Path) -> None:
        """Write to a file, for the servers' processes."""
        place.write_text(json.dumps(asdict(self)))


def load(place: Path) -> Sql:
    """Read what `store` wrote."""
    return Sql(**json.loads(place.read_text()))


def by_hand(settings: Settings, viewer: Viewer) -> Sql:
    """Return the statements for this viewer; connections are to be as the server's."""
    bound = Reusing()
    need = readable(source_named("Need"), viewer, bound, "n")
    match = readable(source_named("Match"), viewer, bound, "m", Parent("Need", "t.need_id"))
    given = f"${len(bound.values) + 1}"
    from_match = f'FROM "match" m JOIN resource r ON r.id = m.resource_id WHERE {match}'
    best = "ORDER BY m.score DESC, m.id DESC"
    of_need = f"{from_match} AND m.need_id = n.id {best} LIMIT 3"
    as_rows = f", ARRAY(SELECT ROW(m.score, r.id, r.title_zh) {of_need})"
    as_json = (
        ", (SELECT json_agg(json_build_array(score, id, title_zh))"
        f" FROM (SELECT m.score, r.id::text, r.title_zh {of_need}) m)"
    )

    def nested(matches: str) -> str:
        rows = f"SELECT * FROM need n WHERE {need} ORDER BY n.id DESC LIMIT {FIRST}"
        return f"SELECT {_COLUMNS}{matches} FROM ({rows}) n {_TO_ONE} ORDER BY n.id DESC"

    def single(matches: str) -> str:
        return f"SELECT {_COLUMNS}{matches} FROM need n {_TO_ONE} WHERE {need} AND n.id = {given}"

    return Sql(
        dsn=settings.resolved_database_url,
        pool=settings.database_pool,
        server_settings=postgres_credentials(settings)["credentials"]["server_settings"],
        values=list(bound.values),
        nested=nested(as_rows),
        single=single(as_rows),
        nested_json=nested(as_json),
        single_json=single(as_json),
        nested_alone=nested(""),
        single_alone=single(""),
        flat=(
            "SELECT n.id, n.number, n.title_zh, n.status, n.urgency, n.visibility FROM need n"
            f" WHERE {need} AND n.id < {given} ORDER BY n.id DESC LIMIT {PAGE}"
        ),
        top_matches=(
            f"SELECT * FROM (SELECT m.need_id, m.score, m.id, r.id AS resource, r.title_zh,"
            f" ROW_NUMBER() OVER (PARTITION BY m.need_id {best}) AS place"
            f" {from_match} AND m.need_id = ANY({given}::bigint[])) m WHERE place <= 3 ORDER BY need_id, place"
        ),
        row_filters={
            "need": _written("Need", viewer),
            "resource": _written("Resource", viewer),
            # Who sees the resource of a match sees the match: PostgreSQL asks the resource's own filter.
            "match": 'EXISTS (SELECT 1 FROM resource r WHERE r.id = "match".resource_id)',
        },
    )


def _written(name: str, viewer: Viewer) -> str:
    source, bound = source_named(name), Reusing()
    text = readable(source, viewer, bound, source.table)
    for place in range(len(bound.values), 0, -1):
        value = bound.values[place - 1]
        shown = str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"
        text = text.replace(f"${place}", shown)
    return text


def some(ids: Sequence[int]) -> list[int]:
    """Return the needs that are asked for one by one, the same in each run."""
    return random.Random("singles").sample(list(ids), min(SINGLES, len(ids)))


def in_one_form(answer: dict[str, Any]) -> list[Any]:
    """Return the rows of an answer, whatever its server's custom: pages as lists, identifiers as the row's number.

    Raises:
        ValueError: it is no answer but errors.
    """
    if answer.get("errors"):
        raise ValueError(str(answer["errors"])[:300])
    rows: list[Any] = []
    for field in answer["data"].values():
        found = _plain(field)
        rows += found if isinstance(found, list) else [found]
    return rows


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"nodes"}:
        return _plain(value["nodes"])
    return {key: str(each).rpartition(":")[2] if key == "id" else _plain(each) for key, each in value.items()}
