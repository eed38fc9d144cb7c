"""The servers that compete: how each is started, and how each is asked the three questions."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from api.settings import Settings
from benchmarks.partner_rows import Partner
from benchmarks.peer_work import FIRST, FLAT, FLAT_NEED, NEED, NESTED, PAGE, ROLE, SINGLE
from tests.databases import SECRET

OURS, RAW = "Wujia, with permissions", "asyncpg + orjson by hand"
STRAWBERRY, MERCURIUS, POSTGRAPHILE = "Strawberry, window SQL", "mercurius JIT, SQL by hand", "PostGraphile 5"
Post = Callable[[str], dict[str, Any]]
"""Sends a body to a running server and gives the answer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the questions are about: needs asked for one by one, and after which needs the flat pages begin."""

    singles: Sequence[int]
    before: Sequence[int]


@dataclass(frozen=True, slots=True)
class Peer:
    """A server: `bodies` gives the requests of each shape, once it runs."""

    name: str
    command: Callable[[int], Sequence[str | Path]]
    environment: Callable[[int], Mapping[str, str]]
    bodies: Callable[[Asked, Post], dict[str, list[str]]]
    path: str = "/graphql"
    headers: Mapping[str, str] = field(default_factory=dict)


def _uvicorn(module: str) -> Callable[[int], Sequence[str | Path]]:
    return lambda port: [
        sys.executable, "-m", "uvicorn", f"benchmarks.{module}:app", "--factory", "--port", str(port),
        "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning",
    ]  # fmt: skip


def ours(settings: Settings, partner: Partner) -> Peer:
    """Return this server as it is in production, asked by the partner's program."""
    environment = {
        "WUJIA_ENVIRONMENT": "production",
        "WUJIA_DATABASE_URL": settings.resolved_database_url,
        "WUJIA_DATABASE_POOL": str(settings.database_pool),
        "WUJIA_DATA_DIRECTORY": str(settings.data_directory),
        "WUJIA_SECRET_KEY": SECRET,
        # Counted as ever, but never spent.
        "WUJIA_KEY_POINTS": str(10**9),
    }
    return Peer(
        OURS,
        lambda port: [sys.executable, "-m", "wujia", "serve", "--port", str(port)],
        lambda _: environment,
        _ours,
        headers={"Authorization": f"Bearer {partner.token}"},
    )


def _ours(asked: Asked, post: Post) -> dict[str, list[str]]:
    below = f"{NEED} matches(first: 3) {{ nodes {{ score resource {{ id titleZh }} }} }}"
    nested = f"query Page($first: Int!) {{ needs(first: $first) {{ nodes {{ {below} }} }} }}"
    single = f"query One($id: ID!) {{ node(id: $id) {{ ... on Need {{ {below} }} }} }}"
    given = ", ".join(f"$c{number}: String" for number in range(len(asked.before)))
    pages = (
        f"p{number}: needs(first: {PAGE}, after: $c{number}) {{ nodes {{ {FLAT_NEED} }} }}"
        for number in range(len(asked.before))
    )
    flat = f"query Flat({given}) {{ {' '.join(pages)} }}"
    ends = f"query End($after: String) {{ needs(first: {PAGE}, after: $after) {{ pageInfo {{ endCursor }} }} }}"
    return {
        NESTED: [body(nested, first=FIRST)],
        SINGLE: [body(single, id=f"Need:{key}") for key in asked.singles],
        FLAT: [body(flat, **_cursors(asked, post, ends, "needs"))],
    }


def raw(sql: Path) -> Peer:
    """Return the server without GraphQL."""
    return Peer(RAW, _uvicorn("peer_raw"), lambda _: {"PEER_SQL": str(sql)}, _raw, path="/")


def _raw(asked: Asked, _: Post) -> dict[str, list[str]]:
    return {
        NESTED: [json.dumps({"shape": "nested", "given": None})],
        SINGLE: [json.dumps({"shape": "single", "given": key}) for key in asked.singles],
        FLAT: [json.dumps({"shape": "flat", "given": list(asked.before)})],
    }


def strawberry(sql: Path) -> Peer:
    """Return Strawberry over two statements by hand."""
    return Peer(STRAWBERRY, _uvicorn("peer_strawberry"), lambda _: {"PEER_SQL": str(sql)}, _lists)


def mercurius(sql: Path, modules: Path) -> Peer:
    """Return mercurius with its compiler, over statements by hand."""
    return Peer(MERCURIUS, _node(modules, "mercurius.mjs"), lambda port: _for_node(sql, port), _lists)


def _lists(asked: Asked, _: Post) -> dict[str, list[str]]:
    below = f"{NEED} matches {{ score resource {{ id titleZh }} }}"
    given = ", ".join(f"$b{number}: ID!" for number in range(len(asked.before)))
    pages = (f"p{number}: page(before: $b{number}) {{ {FLAT_NEED} }}" for number in range(len(asked.before)))
    before = {f"b{number}": str(key) for number, key in enumerate(asked.before)}
    single = f"query One($id: ID!) {{ need(id: $id) {{ {below} }} }}"
    return {
        NESTED: [body(f"query Page {{ needs {{ {below} }} }}")],
        SINGLE: [body(single, id=str(key)) for key in asked.singles],
        FLAT: [body(f"query Flat({given}) {{ {' '.join(pages)} }}", **before)],
    }


def postgraphile(sql: Path, modules: Path) -> Peer:
    """Return PostGraphile, for which PostgreSQL filters the rows by policies."""
    return Peer(
        POSTGRAPHILE,
        _node(modules, "postgraphile.mjs"),
        lambda port: {**_for_node(sql, port), "PEER_ROLE": ROLE, "GRAPHILE_ENV": "production"},
        _postgraphile,
    )


def _node(modules: Path, script: str) -> Callable[[int], Sequence[str | Path]]:
    return lambda _: [modules / "node_modules" / "node" / "bin" / "node", modules / script]


def _for_node(sql: Path, port: int) -> dict[str, str]:
    return {"PEER_SQL": str(sql), "PEER_PORT": str(port), "NODE_ENV": "production"}


def _postgraphile(asked: Asked, post: Post) -> dict[str, list[str]]:
    columns = "id: rowId number titleZh status urgency"
    below = (
        f"{columns} concerns: organisationByConcernsId {{ id: rowId nameZh }}"
        " community: placeByCommunityId { id: rowId nameZh }"
        " matches: matchesByNeedId(first: 3, orderBy: [SCORE_DESC, ROW_ID_DESC])"
        " { nodes { score resource: resourceByResourceId { id: rowId titleZh } } }"
    )
    newest = "orderBy: [ROW_ID_DESC]"
    nested = f"query Page($first: Int!) {{ allNeeds(first: $first, {newest}) {{ nodes {{ {below} }} }} }}"
    single = f"query One($id: BigInt!) {{ needByRowId(rowId: $id) {{ {below} }} }}"
    given = ", ".join(f"$c{number}: Cursor" for number in range(len(asked.before)))
    pages = (
        f"p{number}: allNeeds(first: {PAGE}, after: $c{number}, {newest}) {{ nodes {{ {columns} visibility }} }}"
        for number in range(len(asked.before))
    )
    flat = f"query Flat({given}) {{ {' '.join(pages)} }}"
    page = f"first: {PAGE}, after: $after, {newest}"
    ends = f"query End($after: Cursor) {{ allNeeds({page}) {{ pageInfo {{ endCursor }} }} }}"
    return {
        NESTED: [body(nested, first=FIRST)],
        SINGLE: [body(single, id=str(key)) for key in asked.singles],
        FLAT: [body(flat, **_cursors(asked, post, ends, "allNeeds"))],
    }


def _cursors(asked: Asked, post: Post, ends: str, field: str) -> dict[str, str | None]:
    """Return the variables with the cursors after which the flat pages begin."""
    cursors: list[str | None] = [None]
    while len(cursors) < len(asked.before):
        found = post(body(ends, after=cursors[-1]))
        cursors.append(found["data"][field]["pageInfo"]["endCursor"])
    return {f"c{number}": cursor for number, cursor in enumerate(cursors)}


def body(query: str, **variables: Any) -> str:
    """Return the body of a GraphQL request."""
    return json.dumps({"query": query, "variables": variables}, ensure_ascii=False)
