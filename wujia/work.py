"""What the commands of the command line do, each in one process that opens and closes what it needs."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import typer
from rich.console import Console
from rich.progress import Progress

from api.app import StartRefused, create_app
from api.commands.account import create_account as open_account
from api.commands.key import issue_key as issue
from api.commands.key import revoke_key as revoke
from api.commands.membership import grant_membership
from api.commands.person import register_person
from api.commands.standing import system_viewer
from api.db import open_database, transaction
from api.errors import DomainError
from api.imports.problems import MappingRefused
from api.matching.place import rematch_place
from api.migrating import migrate
from api.models import BearerKey, Organisation, Place
from api.plan.viewer import Viewer
from api.runtime import Runtime, opened
from api.search.indexing import index_all
from api.settings import Settings
from auth.passwords import PasswordPool
from seeds.load import load_demo, load_reference

Result = TypeVar("Result")
console = Console(stderr=True)


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run one piece of work; a fault that people can mend ends with its message, not with a trace."""
    try:
        return asyncio.run(work)
    except MappingRefused as fault:
        for problem in fault.problems:
            _complain(f"{problem.path}: {problem.zh} · {problem.en}")
        raise typer.Exit(1) from None
    except DomainError as fault:
        where = f" ({'.'.join(fault.path)})" if fault.path else ""
        _complain(f"{fault.zh}{where}\n{fault.en}{where}")
        raise typer.Exit(1) from None
    except StartRefused as fault:
        _complain(str(fault))
        raise typer.Exit(1) from None


def _complain(text: str) -> None:
    # It may quote what somebody typed, brackets included, which are no markup.
    console.print(text, style="red", highlight=False, markup=False)


STARTUP_FAILED = 3
"""Exit code of a server that could not start, as uvicorn has it."""


async def as_system(name: str, work: Callable[[Runtime, Viewer], Awaitable[Result]]) -> Result:
    """Open everything, run the work as the system, close everything."""
    async with opened(Settings()) as runtime:
        return await work(runtime, system_viewer(runtime, name))


def serve(host: str | None, port: int | None) -> None:
    """Serve until stopped."""
    from wujia.serving import Server, configured

    settings = Settings()
    try:
        app = create_app(settings)
    except StartRefused as fault:
        _complain(str(fault))
        raise typer.Exit(1) from None
    server = Server(configured(app, host=host or settings.host, port=port or settings.port))
    server.run()
    if not server.started:
        raise typer.Exit(STARTUP_FAILED)


def migrate_database() -> None:
    """Migrate."""
    settings = Settings()

    async def work() -> None:
        await migrate(settings)
        # Rows of before there was an index; without any it looks at none.
        async with open_database(settings):
            await index_all(missing_alone=True)

    run(work())
    console.print(f"数据库已是最新 · database is up to date: {shown(settings)}", highlight=False)


def reindex() -> None:
    """Index what is not as it should be."""

    async def work() -> int:
        async with open_database(Settings()):
            return await index_all()

    console.print(f"重新索引 · indexed anew: {run(work())}", highlight=False)


def shown(settings: Settings) -> str:
    """Return the database's address without its password."""
    return settings.resolved_database_url.rpartition("@")[2]


def seed(*, story: bool) -> None:
    """Load reference data, perhaps with the story and its matches."""

    async def load(runtime: Runtime, _viewer: Viewer) -> str:
        if not story:
            await load_reference(runtime)
            return "参考数据已载入 · reference data is loaded"
        if not await load_demo(runtime):
            return "演示故事早已载入 · the story was there already"
        await run_jobs(runtime)
        return "参考数据与演示故事已载入 · reference data and story are loaded"

    console.print(run(as_system("seed", load)), highlight=False)


async def run_jobs(runtime: Runtime) -> int:
    """Run the jobs that wait; return how many ended."""
    from api.jobs import run_waiting_jobs

    return await run_waiting_jobs(runtime)


def match(within: str | None) -> None:
    """Run waiting jobs, or match one place and all below it anew."""

    async def work(runtime: Runtime, _viewer: Viewer) -> None:
        if within is None:
            console.print(f"完成任务 · jobs ended: {await run_jobs(runtime)}", highlight=False)
            return
        place = await Place.get_or_none(code=within)
        if place is None:
            raise typer.BadParameter(f"没有这个地点 · no such place: {within}")
        with Progress(console=console) as progress:
            bar = progress.add_task("匹配 · matching")
            await rematch_place(
                runtime.rules, place.path, lambda done, total: progress.update(bar, completed=done, total=total)
            )

    run(as_system("match", work))


def import_file(mapping: Path, file: Path, *, dry_run: bool) -> None:
    """Import one file and print the report."""
    from wujia.importing import print_report, run_with_progress

    async def work(_runtime: Runtime, viewer: Viewer) -> bool:
        report = await run_with_progress(viewer, mapping, file, dry_run, console)
        return print_report(report, console)

    if not run(as_system("import", work)):
        raise typer.Exit(1)


def issue_key(organisation: str, label: str, scopes: list[str] | None, days: int) -> None:
    """Issue a key and print it, once."""

    async def work(_runtime: Runtime, viewer: Viewer) -> str:
        row = await _organisation(organisation)
        issued = await issue(viewer, row.id, label, scopes=scopes, valid=timedelta(days=days))
        console.print(f"{row.name_zh}: {issued.key_id}, 有效至 · until {issued.expires_at:%Y-%m-%d}", highlight=False)
        return issued.token

    typer.echo(run(as_system("key", work)))


async def _organisation(text: str) -> Organisation:
    digits = text.removeprefix("Organisation:")
    found = await Organisation.filter(id=int(digits)) if digits.isdigit() else await Organisation.filter(name_zh=text)
    if len(found) != 1:
        raise typer.BadParameter(f"应指明一家机构 · names {len(found)} organisations: {text}")
    return found[0]


def revoke_key(key_id: str) -> None:
    """Revoke a key."""

    async def work(_runtime: Runtime, viewer: Viewer) -> None:
        row = await BearerKey.get_or_none(key_id=key_id)
        if row is None:
            raise typer.BadParameter(f"没有这把密钥 · no such key: {key_id}")
        await revoke(viewer, row.id)
        console.print("已吊销 · revoked")

    run(as_system("key", work))


def create_account(login: str, name: str, role: str, place: str, password: str) -> None:
    """Register a person, give the role, open the account: all of it or nothing."""

    async def work(_runtime: Runtime, viewer: Viewer) -> None:
        where = await Place.get_or_none(code=place)
        if where is None:
            raise typer.BadParameter(f"没有这个地点 · no such place: {place}")
        passwords = PasswordPool()
        try:
            async with transaction():
                person = await register_person(viewer, {"name": name, "place": where.id})
                await grant_membership(viewer, {"person": person, "role": role, "place": where.id})
                await open_account(viewer, person, login, password, passwords)
        finally:
            passwords.close()
        console.print(f"已登记 · registered: {login}, {role}, {where.name_zh}", highlight=False)

    run(as_system("account", work))
