"""An import is all or nothing, and tells row, column and reason in both languages."""

from pathlib import Path
from typing import Any

import pytest

from api.errors import Forbidden, InvalidInput
from api.imports.mapping_file import parse_mapping
from api.imports.problems import RowProblem
from api.imports.report import ImportReport
from api.imports.run import run_import
from api.models import AuditEntry, ExternalId, Job, Need, Organisation, Place, RequirementLine, Resource, TimeWindow
from api.plan.viewer import Viewer
from auth.principal import HeldRole, Principal, PrincipalKind
from auth.roles import Role
from tests.api.imports.conftest import Write, resources

HEADER = "id,name,city,rooms"
TABLES = (Resource, Need, Organisation, ExternalId, Job)


async def imported(viewer: Viewer, path: Path, *, dry_run: bool = False, **more: Any) -> ImportReport:
    return await run_import(viewer, parse_mapping(resources(**more)), path, dry_run=dry_run)


async def stored() -> dict[str, int]:
    return {model.__name__: await model.all().count() for model in (*TABLES, Place, AuditEntry)}


def named(report: ImportReport) -> set[tuple[int, str | None]]:
    assert all(problem.zh and problem.en for problem in report.problems)
    return {(problem.row, problem.column) for problem in report.problems}


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("2,乙店,西市,three", "rooms"),
        ("2,乙店,西市,-3", "rooms"),
        ("2,乙店,西市,9999999999999999", "rooms"),
        ("1,乙店,西市,3", "id"),
        (",乙店,西市,3", "id"),
        ("2,乙店,南市,3", "city"),
        ("2,乙店,新城区,3", "city"),
        ("2,,西市,3", "name"),
        ("2,乙\x07店,西市,3", "name"),
        (f"2,{'店' * 201},西市,3", "name"),
        (f"{'9' * 201},乙店,西市,3", "id"),
        ("2,乙店,西市,3,4", "(超出表头 beyond the header)"),
    ],
    ids=[
        "no number", "a negative number", "a huge number", "an id twice", "no id", "an unknown city",
        "a name of two places", "no name", "a control character", "a long title", "a long id", "a cell too many",
    ],
)  # fmt: skip
async def test_one_wrong_row_leaves_nothing_stored(viewer: Viewer, csv_file: Write, row: str, column: str) -> None:
    before = await stored()
    report = await imported(viewer, csv_file(HEADER, "1,甲店,东市,2", row))
    assert (3, column) in named(report)
    assert {problem.row for problem in report.problems} == {3}
    assert await stored() == before
    assert not report.written
    assert not report.created


async def test_every_fault_of_a_file_is_told_at_once(viewer: Viewer, csv_file: Write) -> None:
    report = await imported(viewer, csv_file(HEADER, "1,,南市,x", "2,乙店,南市,1", "3,丙店,东市,-1"))
    assert named(report) >= {(2, "name"), (2, "rooms"), (3, "city"), (4, "rooms")}


async def test_a_column_that_the_file_lacks_is_named(viewer: Viewer, csv_file: Write) -> None:
    report = await imported(viewer, csv_file("id,name,city,beds", "1,甲店,东市,2"))
    assert RowProblem(1, "rooms", "文件里没有这一列", "The file has no such column") in report.problems


async def test_a_dry_run_reports_the_same_and_stores_nothing(viewer: Viewer, csv_file: Write) -> None:
    before = await stored()
    path = csv_file(HEADER, "1,甲店,东市,2", "2,乙店,西市,0")
    dry = await imported(viewer, path, dry_run=True)
    assert await stored() == before
    wet = await imported(viewer, path)
    assert dry.created == wet.created == {"resources": 2, "organisations": 2}
    assert (dry.dry_run, dry.written, wet.written) == (True, False, True)


async def test_a_second_import_is_refused_row_by_row_unless_known_rows_are_skipped(
    viewer: Viewer, csv_file: Write
) -> None:
    path = csv_file(HEADER, "1,甲店,东市,2", "2,乙店,西市,3")
    await imported(viewer, path)
    again = await imported(viewer, path)
    assert named(again) == {(2, "id"), (3, "id")}
    more = csv_file(HEADER, "1,甲店,东市,2", "2,乙店,西市,3", "3,丙店,西市,4")
    skip = {"system": "test", "value": {"column": "id"}, "existing": "skip"}
    third = await imported(viewer, more, externalId=skip)
    assert (third.known_already, third.created) == (2, {"resources": 1, "organisations": 1})


async def test_nothing_is_imported_outside_the_place_of_the_mapping(viewer: Viewer, csv_file: Write) -> None:
    outside = {"under": "c", "names": [{"name": {"column": "city"}}]}
    report = await imported(viewer, csv_file(HEADER, "1,甲店,乙省,2"), place=outside)
    assert named(report) == {(2, "city")}
    with pytest.raises(InvalidInput):
        await imported(viewer, csv_file(HEADER), within="nowhere")


async def test_somebody_who_may_not_import_there_is_refused_before_the_file_is_read(viewer: Viewer) -> None:
    held = (HeldRole(Role.COMMITTEE_ADMINISTRATOR, "c/p/p1/"),)
    local = Viewer(Principal(PrincipalKind.PERSON, person_id=1, held=held), viewer.authoriser, viewer.runtime)
    with pytest.raises(Forbidden):
        await imported(local, Path("no such file"))


async def test_an_organisation_is_registered_once_and_found_again(viewer: Viewer, csv_file: Write) -> None:
    await imported(viewer, csv_file(HEADER, "1,甲店,东市,2", "2,甲店,东市,3", "3,甲店,西市,3"))
    report = await imported(viewer, csv_file(HEADER, "4,甲店,东市,5"))
    assert report.created == {"resources": 1}
    assert sorted([each.path for each in await Organisation.filter(name_zh="甲店")]) == ["c/p/p1/", "c/p/p2/"]


async def test_an_unknown_organisation_is_a_fault_where_none_may_be_registered(viewer: Viewer, csv_file: Write) -> None:
    report = await imported(viewer, csv_file(HEADER, "1,甲店,东市,2"), owner={"name": {"column": "name"}})
    assert named(report) == {(2, "name")}


async def test_missing_places_are_created_only_where_the_mapping_says_so(viewer: Viewer, csv_file: Write) -> None:
    path = csv_file(HEADER + ",district", "1,甲店,东市,2,南湖区", "2,乙店,东市,1,南湖区", "3,丙店,东市,1,东湖")
    city: dict[str, Any] = {"name": {"column": "city"}}
    district: dict[str, Any] = {"name": {"column": "district"}, "kind": "DISTRICT"}
    steps = [city, district]
    refused = await imported(viewer, path, place={"under": "p", "names": steps})
    assert named(refused) == {(2, "city"), (3, "city")}
    district["create"] = True
    report = await imported(viewer, path, place={"under": "p", "names": steps})
    assert (report.created or {})["places"] == 1
    rows = await Resource.all().order_by("id").values_list("title_zh", "path")
    made = await Place.get(name_zh="南湖区")
    assert [path for _, path in rows] == [made.path, made.path, "c/p/p1/p11/"]


async def test_hours_of_a_week_become_windows(viewer: Viewer, csv_file: Write) -> None:
    weekly = {"days": {"MO": [["open", "close"]], "SU": [["so", "sc"]]}, "closed": ["Closed"]}
    path = csv_file(HEADER + ",open,close,so,sc", "1,甲店,东市,2,9:00 AM,0.75,Closed,Closed")
    report = await imported(viewer, path, weekly=weekly)
    window = await TimeWindow.get()
    assert report.written
    assert window.rrule == "FREQ=WEEKLY"
    assert [each.isoformat() for each in (window.starts_at, window.ends_at)] == [
        "2020-01-06T01:00:00+00:00", "2020-01-06T10:00:00+00:00",
    ]  # fmt: skip
    wrong = csv_file(HEADER + ",open,close,so,sc", "2,乙店,东市,2,soon,0.75,10:00,9:00")
    assert named(await imported(viewer, wrong, weekly=weekly)) == {(2, "open")}


async def test_one_row_becomes_a_need_with_a_line_for_each_piece(viewer: Viewer, csv_file: Write) -> None:
    mapping = parse_mapping(
        resources(
            target="needs",
            fields={"title": {"column": "name"}, "category": {"constant": "supplies.medical"}},
            lines={
                "split": {"column": "wanted", "separators": ["/"]},
                "merge": True,
                "fields": {
                    "category": {"column": "line.text", "category": {"within": ["supplies.medical"]}},
                    "quantity": {"column": "line.amount", "number": True},
                },
            },
        )
    )
    wanted = "N95(10万)/外科口罩/防护服 3千套/医用外科口罩(2万)"
    path = csv_file("id,name,city,wanted", f"1,甲医院,东市,{wanted}", "2,乙医院,东市,")
    report = await run_import(viewer, mapping, path)
    assert (report.lines, report.default_lines, report.unknown_quantities, report.recognised) == (3, 1, 0, 4)
    lines = RequirementLine.filter(need__title_zh="甲医院").order_by("position")
    assert await lines.values_list("category", "quantity") == [
        ("supplies.medical.mask.n95", 100_000), ("supplies.medical.mask.surgical", 20_000),
        ("supplies.medical.suit", 3_000),
    ]  # fmt: skip


async def test_what_no_word_of_the_taxonomy_names_is_a_fault_without_a_fallback(
    viewer: Viewer, csv_file: Write
) -> None:
    fields: dict[str, Any] = {"title": {"column": "name"}, "category": {"column": "rooms", "category": True}}
    report = await imported(viewer, csv_file(HEADER, "1,甲店,东市,哇哇哇"), fields=fields)
    assert named(report) == {(2, "rooms")}
    fields["category"]["category"] = {"fallback": "lodging"}
    kept = await imported(viewer, csv_file(HEADER, "1,甲店,东市,哇哇哇"), fields=fields)
    assert (kept.fell_back, kept.unrecognised, kept.written) == (1, ("哇哇哇",), True)
