"""The partner's query as a programmer would write it for this one question: SQL by hand, and orjson.

It obeys the same rules of visibility, written out for a partner with one key and one seat, and gives the
same answer to the letter. It is the yardstick for the reader that answers any question.
"""

from dataclasses import dataclass
from typing import Any, Final

import orjson

from api import db
from benchmarks.partner_rows import ORGANISATION, Partner

QUERY: Final = """
query Partner($within: String!, $first: Int!) {
  needs(filter: {within: $within, status: [REQUESTED, DELIBERATING, DISPATCHED]}, first: $first) {
    nodes {
      id number title status urgency
      category { code label }
      place { id name }
      lines { quantity unit }
      matches(first: 3) { nodes { score reason { ruleTitle because } resource { id title } } }
    }
    pageInfo { hasNextPage }
  }
}"""

_SEEN: Final = """({0}.visibility = 'PUBLIC'
    OR ({0}.path >= $2 AND {0}.path < $3 AND {0}.visibility IN ('PUBLIC', 'MEMBERS'))
    OR {0}.owner_organisation_id = $1{1})"""
_OWN: Final = "(n.owner_organisation_id = $1 OR n.assigned_organisation_id = $1)"
_STATEMENT: Final = f"""
SELECT n.id, n.number, n.title_zh, n.status, n.urgency, c.code, c.label_zh, p.id AS place, p.name_zh,
    (LINES) AS lines, (MATCHES) AS matches
FROM (
    -- The page first: else the lists below would be made for every row and then thrown away.
    SELECT * FROM need n
    WHERE n.status IN ('REQUESTED', 'DELIBERATING', 'DISPATCHED')
        AND ((n.public_path >= $4 AND n.public_path < $5) OR (n.path >= $4 AND n.path < $5 AND {_OWN}))
        AND {_SEEN.format("n", " OR n.assigned_organisation_id = $1")}
    ORDER BY n.id DESC LIMIT $6
) n
JOIN category c ON c.code = n.category
JOIN place p ON p.id = CASE WHEN {_OWN} THEN n.place_id ELSE n.public_place_id END
ORDER BY n.id DESC"""
_LINES: Final = "SELECT quantity, unit FROM requirement_line WHERE need_id = n.id ORDER BY position, id LIMIT 100"
_MATCHES: Final = f"""SELECT m.score, m.rule_title_zh, m.because_zh, r.id, r.title_zh
    FROM "match" m JOIN resource r ON r.id = m.resource_id
    WHERE m.need_id = n.id AND {_SEEN.format("r", "")}
    ORDER BY m.score DESC, m.id DESC LIMIT 3"""
_SHAPES: Final = {
    "postgres": (
        f"ARRAY(SELECT ROW(quantity, unit) FROM ({_LINES}) l)",
        f"ARRAY(SELECT ROW(score, rule_title_zh, because_zh, id, title_zh) FROM ({_MATCHES}) m)",
    ),
    "sqlite": (
        f"SELECT json_group_array(json_array(quantity, unit)) FROM ({_LINES})",
        f"SELECT json_group_array(json_array(score, rule_title_zh, because_zh, id, title_zh)) FROM ({_MATCHES})",
    ),
}


@dataclass(frozen=True, slots=True)
class Handwritten:
    """The query's text for the open database, and who asks."""

    partner: Partner
    text: str
    place: str
    sqlite: bool

    async def answer(self, first: int) -> bytes:
        """Return the answer to the partner's query, in GraphQL's form."""
        found = await db.reading().execute_query_dict(self.place, [self.partner.within])
        path, seat = found[0]["path"], self.partner.seat
        values = [ORGANISATION, seat, f"{seat[:-1]}0", path, f"{path[:-1]}0", first + 1]
        rows = await db.reading().execute_query_dict(self.text, values)
        nodes = [self._node(row) for row in rows[:first]]
        page = {"hasNextPage": len(rows) > first}
        return orjson.dumps({"data": {"needs": {"nodes": nodes, "pageInfo": page}}})

    def _node(self, row: dict[str, Any]) -> dict[str, Any]:
        lines, matches = row["lines"], row["matches"]
        if self.sqlite:
            lines, matches = orjson.loads(lines), orjson.loads(matches)
        return {
            "id": f"Need:{row['id']}",
            "number": row["number"],
            "title": row["title_zh"],
            "status": row["status"],
            "urgency": row["urgency"],
            "category": {"code": row["code"], "label": row["label_zh"]},
            "place": {"id": f"Place:{row['place']}", "name": row["name_zh"]},
            "lines": [{"quantity": quantity, "unit": unit} for quantity, unit in lines],
            "matches": {
                "nodes": [
                    {
                        "score": score,
                        "reason": {"ruleTitle": rule, "because": because},
                        "resource": {"id": f"Resource:{key}", "title": title},
                    }
                    for score, rule, because, key, title in matches
                ]
            },
        }


def handwritten(partner: Partner) -> Handwritten:
    """Return the hand-written query for the open database."""
    sqlite = db.dialect() == "sqlite"
    lines, matches = _SHAPES[db.dialect()]
    text = _STATEMENT.replace("(LINES)", lines if not sqlite else f"({lines})")
    text = text.replace("(MATCHES)", matches if not sqlite else f"({matches})")
    place = "SELECT path FROM place WHERE code = $1"
    if sqlite:
        text, place = text.replace("$", "?"), place.replace("$", "?")
    return Handwritten(partner, text, place, sqlite)
