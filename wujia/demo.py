"""`wujia demo`: a filled SQLite file, a running server, addresses and logins."""

import asyncio
import json
import socket
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import typer
import uvicorn
from rich.console import Console

from api.app import DEMO_MARK, create_app
from api.commands.key import issue_person_token
from api.commands.standing import system_viewer
from api.migrating import migrate
from api.models import Membership, Place
from api.runtime import Runtime, opened
from api.settings import Environment, Settings
from auth.roles import ROLE_LABELS, Role
from seeds.load import load_demo
from wujia.serving import Server, configured

TOKEN_DAYS = 30
# The logins the demo prints: the contract's English words, and the role of the story that stands for each.
LOGINS = {
    "partner": Role.UNIT_REPRESENTATIVE,
    "property firm clerk": Role.PROPERTY_CLERK,
    "committee administrator": Role.COMMITTEE_ADMINISTRATOR,
    "resident": Role.RESIDENT,
    "sub-district officer": Role.SUBDISTRICT_OFFICER,
    "auditor": Role.AUDITOR,
}
NOTICE = (
    "人物、数量、金额和日期都是编的,只有地名和文章里的数字是真的。\n"
    "People, amounts and dates are made up; place names and the articles' figures are real."
)
QUERY = '{ needs(filter: {within: "140881001008", status: [REQUESTED]}, first: 3) { nodes { title matches(first: 1) { nodes { score reason { because } resource { title } } } } } }'  # noqa: E501  one line to copy


def run(port: int, data: Path, *, as_json: bool) -> None:
    """Fill the file if it is empty, serve it, and print what to do with it once it answers."""
    settings = Settings(_env_file=None, environment=Environment.DEMO, data_directory=data, database_url=None, port=port)
    if (data / "wujia.sqlite3").exists() and not (data / DEMO_MARK).exists():
        typer.echo(f"{data} 里是真实数据,请另选目录 · {data} holds real data, choose another", err=True)
        raise typer.Exit(1)
    data.mkdir(parents=True, exist_ok=True)
    (data / DEMO_MARK).touch()
    asyncio.run(migrate(settings))
    logins = asyncio.run(_prepare(settings))
    _serve(settings, logins, as_json)


async def _prepare(settings: Settings) -> list[dict[str, str]]:
    async with opened(settings) as runtime:
        if await load_demo(runtime):
            from api.jobs import run_waiting_jobs

            await run_waiting_jobs(runtime)
        return [await _login(runtime, name, role) for name, role in LOGINS.items()]


async def _login(runtime: Runtime, name: str, role: Role) -> dict[str, str]:
    held = await Membership.filter(role=role, person_id__not_isnull=True).order_by("id").first()
    if held is None or held.person_id is None:
        raise typer.BadParameter(f"nobody of the story is a {role}")
    place = await Place.get(id=held.place_id)
    issued = await issue_person_token(
        system_viewer(runtime, "demo"), held.person_id, f"demo {name}", valid=timedelta(days=TOKEN_DAYS)
    )
    return {"role": name, "name": ROLE_LABELS[role].zh, "place": place.name_zh, "token": issued.token}


class _Server(Server):
    """Tells where it is as soon as it answers."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[int], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        self._announce(self.servers[0].sockets[0].getsockname()[1])


def _serve(settings: Settings, logins: list[dict[str, str]], as_json: bool) -> None:
    config = configured(create_app(settings), host=settings.host, port=settings.port, log_level="warning")
    _Server(config, lambda port: _announce(f"http://{settings.host}:{port}", logins, as_json)).run()


def _announce(url: str, logins: list[dict[str, str]], as_json: bool) -> None:
    if as_json:
        line = json.dumps({"url": url, "graphql": f"{url}/graphql", "logins": logins}, ensure_ascii=False)
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    else:
        _print(url, logins)


def _print(url: str, logins: list[dict[str, str]]) -> None:
    console = Console()
    console.print(f"\n[bold]五家 Wujia[/bold]  {url}/graphql  (浏览器打开即 GraphiQL · GraphiQL in a browser)")
    console.print(NOTICE, style="yellow")
    console.print("\n演示登录 · logins (Authorization: Bearer …)", style="bold")
    for login in logins:
        # A token stands on a line of its own, whole, however narrow the terminal is.
        console.print(f"{login['role']} · {login['name']} · {login['place']}", style="cyan", highlight=False)
        console.print(f"  {login['token']}", soft_wrap=True, highlight=False)
    console.print("\n试一句 · try one:", style="bold")
    body = json.dumps({"query": QUERY}, ensure_ascii=False)
    console.print(
        f"curl {url}/graphql -H 'Content-Type: application/json' -H 'Authorization: Bearer {logins[0]['token']}'"
        f" -d '{body}'",
        soft_wrap=True, highlight=False, markup=False,
    )  # fmt: skip
