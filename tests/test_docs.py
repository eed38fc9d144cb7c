"""The documentation says what the code says: names, tables, commands, links, examples."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLSchema, parse, validate
from typer.main import get_command

from api.errors import ErrorCode
from api.http.limits import LIMITS, OPERATIONS, TOKENS
from api.http.refusals import Code
from api.plan.registry import camel
from api.schema.root import build_schema
from api.settings import Settings
from auth.authentication import FailureCode
from auth.roles import ROLE_LABELS, Role
from rules.vocabulary import VOCABULARY
from wujia.__main__ import app

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.en.md")
PAGES = (*READMES, "CHANGELOG.md", "CONTRIBUTING.md", *(f"docs/{page.name}" for page in ROOT.glob("docs/*.md")))
PAGES += tuple(page.relative_to(ROOT).as_posix() for page in ROOT.glob("docs/decisions/*.md"))
SETTING = re.compile(r"WUJIA_[A-Z]+(?:_[A-Z]+)*")
# Where the problems of a rule document are named.
PROBLEM_FILES = ("rules/*.py", "api/commands/rule*.py")
PROBLEM_CODE = re.compile(r'^\s+"([A-Z]+(?:_[A-Z]+)+)",|(?:add|Problem|_Malformed)\(.*?"([A-Z]+(?:_[A-Z]+)+)"', re.M)
# What the two readmes say each in its own language.
TRANSLATED = re.compile(
    r"""#.*|密码@数据库主机|password@database-host|"(?:需求同步|need sync)"| -H 'Accept-Language: en'"""
)


def text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def prose(page: str) -> str:
    """Return a page without its code blocks."""
    return re.sub(r"^```.*?^```", "", text(page), flags=re.M | re.S)


def blocks(page: str, language: str) -> list[str]:
    """Return the code blocks of a language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", text(page), re.M | re.S)


def cells(page: str, first: str) -> Iterator[list[str]]:
    """Yield the rows of the table whose header begins with `first`, cell by cell, without ticks."""
    lines = text(page).partition(f"| {first} |")[2].splitlines()[2:]
    for line in lines:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema()._schema


def test_every_code_a_program_may_meet_is_told() -> None:
    told = set(named(prose("docs/graphql.md")))

    assert {*ErrorCode, *Code, *FailureCode} - told == set()


def test_the_table_of_settings_has_each_of_them_and_no_other() -> None:
    told = {name for row in cells("docs/running.md", "setting") for name in named(row[0])}
    read = {f"WUJIA_{name.upper()}" for name in Settings.model_fields}
    past_settings = {
        name
        for folder in ("api", "seeds", "wujia")
        for place in (ROOT / folder).rglob("*.py")
        for name in re.findall(rf"environ[^\n]*({SETTING.pattern})", place.read_text(encoding="utf-8"))
    }

    assert told == read | past_settings


def test_every_setting_that_a_page_names_exists() -> None:
    known = {f"WUJIA_{name.upper()}" for name in Settings.model_fields}
    for_tests = {"WUJIA_TEST_DATABASE", "WUJIA_REQUIRE_ALL", "WUJIA_SCHEMATHESIS_CALLS"}

    unknown = {(page, name) for page in PAGES for name in SETTING.findall(text(page)) if name not in known}

    assert {name for _, name in unknown} <= for_tests | {"WUJIA_NODE_ID"}, unknown


def test_the_table_of_commands_has_each_of_them_and_no_other() -> None:
    groups: Any = get_command(app)
    real = set()
    for name, command in groups.commands.items():
        real |= {f"{name} {inner}" for inner in getattr(command, "commands", {})} or {name}
    told = {
        re.match(r"wujia ((?:key |account )?[a-z]+)", name).group(1)  # type: ignore[union-attr]  # no match is a failure as well
        for row in cells("docs/running.md", "command")
        for name in named(row[0])
    }

    assert told == real


def test_the_table_of_roles_has_each_of_them_with_its_label() -> None:
    told = {named(row[0])[0]: row[1] for row in cells("docs/permissions.md", "role")}

    assert told == {role.value: ROLE_LABELS[role].zh for role in Role}


def test_the_table_of_filters_is_the_schema(schema: GraphQLSchema) -> None:
    header = re.search(r"^\| filter \|.*$", text("docs/graphql.md"), re.M)
    assert header is not None
    fields = named(header.group())
    told = {
        (fields[at], named(row[0])[0])
        for row in cells("docs/graphql.md", f"filter {header.group()[len('| filter ') : -2]}")
        for at, tick in enumerate(row[1:])
        if tick == "✓"
    }
    query: Any = schema.query_type
    real = {
        (name, each)
        for name, field in query.fields.items()
        if "filter" in field.args and hasattr(field.args["filter"].type, "fields")
        for each in field.args["filter"].type.fields
    }

    assert told == real


def test_the_table_of_mutations_is_the_schema(schema: GraphQLSchema) -> None:
    told = {named(row[0])[0]: named(row[1])[0] for row in cells("docs/graphql.md", "mutation | permission")}
    mutation: Any = schema.mutation_type
    real = {
        name: field.description.rpartition("needs permission ")[2].strip() for name, field in mutation.fields.items()
    }

    assert told == real


def test_the_table_of_limits_is_what_is_measured() -> None:
    told = {named(row[0])[0]: int(row[1].split()[0].replace(",", "")) for row in cells("docs/graphql.md", "limit")}

    assert told == {camel(name): most for name, most in asdict(LIMITS).items()} | {
        "tokens": TOKENS,
        "operations": OPERATIONS,
    }


def test_the_vocabulary_of_rules_is_told_with_its_types() -> None:
    told: dict[str, tuple[bool, tuple[str, ...]]] = {}
    for row in cells("docs/rule-language.md", "field"):
        for name in named(row[0]):
            told[name] = ("?" in row[1], tuple(re.findall(r"\b[A-Z][A-Z_]{2,}\b", row[1].replace("CNY", ""))))
    family = VOCABULARY["demand.family"].choices
    real = {path: (spec.nullable, spec.choices) for path, spec in VOCABULARY.items()}
    # "of the five families" stands for their names, which the provider's row lists.
    told["demand.family"] = (told["demand.family"][0], family)

    assert told == real


def test_every_problem_of_a_rule_document_is_told() -> None:
    codes = {
        found
        for pattern in PROBLEM_FILES
        for place in ROOT.glob(pattern)
        for pair in PROBLEM_CODE.findall(place.read_text(encoding="utf-8"))
        for found in pair
        if found
    }
    codes -= {choice for spec in VOCABULARY.values() for choice in spec.choices}

    assert len(codes) > 40
    assert codes - set(named(prose("docs/rule-language.md"))) == set()


def test_the_two_commands_are_those_of_the_readmes_the_development_page_and_ci() -> None:
    pages = (*READMES, "docs/development.md")
    (two,) = {tuple(block.splitlines()) for page in pages for block in blocks(page, "sh") if "wujia demo" in block}
    environment, install, demo = two[0].split(" && ")
    ci = text(".ci/run").replace(" --disable-pip-version-check", "").splitlines()

    assert any(line.endswith(environment) for line in ci)
    assert install in ci
    assert demo == ".venv/bin/wujia demo"
    assert ci[-1] == two[1]


def test_both_readmes_have_the_same_commands() -> None:
    chinese, english = ([TRANSLATED.sub("", block).split() for block in blocks(page, "sh")] for page in READMES)

    assert chinese == english


@pytest.mark.parametrize("page", PAGES)
def test_every_link_within_the_house_leads_somewhere(page: str) -> None:
    here = ROOT / page
    lost = []
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (here.parent / path) if path else here
        if not target.exists() or (anchor and anchor not in anchors(target)):
            lost.append(link)

    assert lost == []


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub gives the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_exists(page: str) -> None:
    folders = r"(?:api|auth|benchmarks|docs|rules|scripts|seeds|tests|wujia)"
    paths = re.findall(rf"`({folders}/[\w/.-]+)`(?! \(new\))", text(page))

    assert [path for path in paths if not (ROOT / path).exists() and not (ROOT / "api" / path).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_graphql_example_fits_the_schema_and_every_json_is_json(page: str, schema: GraphQLSchema) -> None:
    for example in blocks(page, "graphql"):
        assert validate(schema, parse(example)) == [], example
    for example in blocks(page, "json"):
        json.loads(example)


def test_the_page_about_clients_shows_what_the_tests_generate_with() -> None:
    folder = ROOT / "tests/clients"
    pinned = json.loads((folder / "typescript/package.json").read_text())["devDependencies"]
    (installing,) = [line for block in blocks("docs/clients.md", "sh") for line in block.splitlines() if "npm" in line]

    assert blocks("docs/clients.md", "toml") == [(folder / "python/pyproject.toml").read_text()]
    assert blocks("docs/clients.md", "yaml") == [(folder / "typescript/codegen.yml").read_text()]
    # Node's own types are for the program, not for the client.
    assert set(installing.split()[3:]) == pinned.keys() - {"@types/node"}
