"""The application: what a process opens, which addresses it answers, and when it refuses to start."""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from strawberry.schema import Schema

from api import sealing
from api.commands.session import Door
from api.http import graphiql
from api.http.authentication import Gate
from api.http.envelope import Envelope, not_served
from api.http.exports import Exports
from api.http.graphql import GraphQLView
from api.http.health import health, missing_migrations
from api.http.lists import Editions
from api.http.login import login
from api.http.logs import configure_logs
from api.http.workbooks import workbook_routes
from api.jobs import start_jobs, stop_jobs
from api.live.hub import Hub
from api.runtime import opened
from api.schema.root import build_schema
from api.settings import Environment, Settings
from auth.passwords import PasswordPool

DEMO_MARK: Final = "demo-data"


class StartRefused(Exception):
    """The configuration is not safe; the message says what to change."""


def create_app(settings: Settings, schema: Schema | None = None) -> Starlette:
    """Return the application; nothing is opened before its lifespan begins.

    Raises:
        StartRefused: production without a secret key, in debug mode, or on the data of a demo.
    """
    refuse_unsafe(settings)
    gate = Gate()
    schema = schema or build_schema(production=settings.production)
    view = GraphQLView(schema, settings, gate)
    lists = Editions(gate)
    routes: list[BaseRoute] = [
        Route("/graphql", view),
        WebSocketRoute("/graphql", view),
        Route("/health", health),
        Route("/login", login, methods=["POST"]),
        *workbook_routes(gate),
        Route("/lists/{id}/print", lists.printed),
        Route("/lists/{id}/text", lists.text),
        Route("/export/{file}", Exports(schema, gate).file, methods=["GET"]),
    ]
    if not settings.production:
        routes.append(Mount(graphiql.ADDRESS, StaticFiles(directory=graphiql.FOLDER)))

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        configure_logs()
        if settings.environment is Environment.DEMO:
            settings.data_directory.mkdir(parents=True, exist_ok=True)
            (settings.data_directory / DEMO_MARK).touch()
        passwords = PasswordPool()
        try:
            async with opened(settings) as runtime:
                if missing := await missing_migrations():
                    raise StartRefused(f"请先运行 wujia migrate / run wujia migrate first: {missing}")
                app.state.runtime, app.state.door = runtime, Door(passwords)
                async with app.state.hub.running(settings):
                    await start_jobs(runtime)
                    try:
                        yield
                    finally:
                        await stop_jobs()
        finally:
            passwords.close()
            await view.budgets.close()

    app = Starlette(
        routes=routes,
        middleware=[Middleware(Envelope, production=settings.production)],
        exception_handlers={HTTPException: not_served},
        lifespan=lifespan,
    )
    app.state.hub = Hub()
    return app


def refuse_unsafe(settings: Settings) -> None:
    """Refuse to run a production server that would not be safe.

    Raises:
        StartRefused: with what is wrong, in both languages.
    """
    if not settings.production:
        return
    if settings.secret_key is None:
        raise StartRefused("生产环境必须设置 WUJIA_SECRET_KEY / production needs WUJIA_SECRET_KEY")
    if len(settings.secret_key.get_secret_value()) < sealing.MINIMUM_SECRET:
        raise StartRefused(
            f"WUJIA_SECRET_KEY 至少 {sealing.MINIMUM_SECRET} 个字符"
            f" / WUJIA_SECRET_KEY needs at least {sealing.MINIMUM_SECRET} characters"
        )
    if sys.flags.dev_mode or os.environ.get("PYTHONASYNCIODEBUG"):
        raise StartRefused("生产环境不得使用调试模式 / production does not run in debug mode")
    if settings.webhook_allow_private:
        raise StartRefused(
            "生产环境不得设置 WUJIA_WEBHOOK_ALLOW_PRIVATE"
            " / production does not allow webhooks to private addresses (WUJIA_WEBHOOK_ALLOW_PRIVATE)"
        )
    if (settings.data_directory / DEMO_MARK).exists():
        raise StartRefused(
            f"{settings.data_directory} 是演示数据，其密钥人人可见"
            f" / {settings.data_directory} holds demo data, whose keys everybody may know"
        )
