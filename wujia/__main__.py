"""The command line `wujia`: start, fill, import, match, keys, schema."""

import sys
from pathlib import Path
from typing import Annotated

import typer

import wujia.demo as demonstration
import wujia.documents as trusted
import wujia.exporting as exporting
import wujia.work as work

app = typer.Typer(
    help="五家:社区共治的 GraphQL 服务 · Co-governance of a Chinese urban community over GraphQL",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
key = typer.Typer(help="机构密钥 · Bearer keys of organisations", no_args_is_help=True)
app.add_typer(key, name="key")
account = typer.Typer(help="人员登录 · Logins of people", no_args_is_help=True)
app.add_typer(account, name="account")


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="端口 · port")] = 8000,
    data: Annotated[Path, typer.Option(help="数据目录 · data directory")] = Path("wujia-demo"),
    json: Annotated[bool, typer.Option("--json", help="首行输出 JSON · first line as JSON")] = False,
) -> None:
    """启动带演示数据的服务 · Start a filled server on SQLite and print addresses and logins."""
    demonstration.run(port, data, as_json=json)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="监听地址 · address")] = None,
    port: Annotated[int | None, typer.Option(help="端口 · port")] = None,
) -> None:
    """按环境变量启动服务 · Start the server as the environment says (WUJIA_…)."""
    work.serve(host, port)


@app.command()
def migrate() -> None:
    """升级数据库 · Bring the database to the newest schema."""
    work.migrate_database()


@app.command()
def seed(
    story: Annotated[bool, typer.Option("--demo", help="连同演示故事 · with the demo's story")] = False,
) -> None:
    """载入分类等参考数据 · Load taxonomy, units and other reference data."""
    work.seed(story=story)


@app.command("import")
def import_(
    mapping: Annotated[Path, typer.Argument(help="映射文件 · mapping file (docs/importing.md)", exists=True)],
    file: Annotated[Path, typer.Argument(help="CSV, XLSX 或 JSON lines", exists=True)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查不写入 · check, write nothing")] = False,
) -> None:
    """导入清单:全部成功或一条不写 · Import a file: all of it or nothing."""
    work.import_file(mapping, file, dry_run=dry_run)


@app.command("export")
def export_(
    name: Annotated[str, typer.Argument(help="导出什么 · what, e.g. needs (docs/exports.md)")],
    file: Annotated[Path, typer.Argument(help="写到哪里 · where to, .csv 或 .xlsx")],
    asked: Annotated[str, typer.Option("--filter", help="筛选,JSON · filter of the root field, as JSON")] = "{}",
    english: Annotated[bool, typer.Option("--english", help="英文表头 · English headers")] = False,
) -> None:
    """导出成表格 · Export a whole table as CSV or XLSX; contacts stay masked."""
    exporting.export_file(name, file, asked, "en" if english else "zh")


@app.command()
def match(
    within: Annotated[str | None, typer.Option(help="地点代码 · code of a place; none: waiting jobs only")] = None,
) -> None:
    """重新匹配 · Run waiting jobs, or match a place anew."""
    work.match(within)


@app.command()
def reindex() -> None:
    """重建搜索索引 · Cut anew the texts that searching looks in, where they lack it (docs/search.md)."""
    work.reindex()


@key.command("issue")
def key_issue(
    organisation: Annotated[str, typer.Argument(help="机构编号或名称 · identifier or name")],
    label: Annotated[str, typer.Option(help="用途 · what it is for")],
    scope: Annotated[list[str] | None, typer.Option(help="权限,可多次 · e.g. need:read")] = None,
    days: Annotated[int, typer.Option(help="有效天数 · days", min=1, max=365)] = 365,
) -> None:
    """签发密钥,只显示一次 · Issue a key; it is shown once."""
    work.issue_key(organisation, label, scope, days)


@key.command("revoke")
def key_revoke(identifier: Annotated[str, typer.Argument(help="密钥编号 · key id")]) -> None:
    """吊销密钥 · Revoke a key at once."""
    work.revoke_key(identifier)


@account.command("create")
def account_create(
    login: Annotated[str, typer.Argument(help="登录名 · login")],
    name: Annotated[str, typer.Option(help="姓名,加密保存 · name, stored sealed")],
    role: Annotated[str, typer.Option(help="角色 · role, e.g. SYSTEM_ADMINISTRATOR")],
    place: Annotated[str, typer.Option(help="地点代码 · code of the place")],
    password: Annotated[
        str,
        typer.Option(
            prompt="密码 · password", hide_input=True, confirmation_prompt=True, help="不填则询问 · asked for"
        ),
    ],
) -> None:
    """登记一人并给他角色和登录名,例如第一位管理员 · Register a person with a role and a login, e.g. the first."""
    work.create_account(login, name, role, place, password)


@app.command()
def schema() -> None:
    """输出 GraphQL 模式 · Print the schema definition."""
    from api.schema.root import sdl

    sys.stdout.write(sdl())


@app.command()
def documents(
    files: Annotated[
        list[Path] | None, typer.Argument(help="操作文件 · files of operations; none: the shipped ones", exists=True)
    ] = None,
) -> None:
    """输出可信查询文档的清单 · Print the manifest of trusted documents."""
    trusted.print_manifest(files or [])


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
