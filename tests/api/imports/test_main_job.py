"""The example mappings and rules do the main job on a small made-up copy of the real lists.

The files in tests/data/main_job have the shapes and the difficulties of the real ones: BOM and GBK, a
cell dragged down (N117), amounts inside a text, one item under several names, a city without its first
character, unknown capacities, hours as fractions of a day, an end before its start.
"""

import json
from pathlib import Path

import pytest

from api.imports.mapping_file import load_mapping
from api.imports.rows import read_rows
from api.imports.run import run_import
from api.models import RequirementLine, Resource, ServiceArea
from api.plan.viewer import Viewer
from benchmarks.main_job import EXAMPLES, FILES, run
from rules.examples import run_examples
from rules.facts import Taxonomy
from rules.language import parse
from rules.validation import check

DATA = Path(__file__).parents[2] / "data" / "main_job"
CATEGORIES = Path(__file__).parents[3] / "seeds" / "data" / "categories.json"


async def test_every_rule_matches_and_refuses_and_agrees_with_the_evaluator(tmp_path: Path) -> None:
    assert await run(DATA, tmp_path)


@pytest.mark.parametrize("folder", ["wuhan2020", "nyc"])
def test_the_rules_of_the_examples_are_sound(folder: str) -> None:
    codes = {entry["code"] for entry in json.loads(CATEGORIES.read_text())}
    raw = json.loads((EXAMPLES / folder / "rules.json").read_text())
    assert not check(raw, codes)
    results = run_examples(parse(raw), Taxonomy({code: code.rpartition(".")[0] or None for code in codes}))
    assert all(result.passed and not result.problems for result in results)


@pytest.fixture
async def imported(viewer: Viewer) -> Viewer:
    for folder, name, file in FILES:
        report = await run_import(viewer, load_mapping(EXAMPLES / folder / f"{name}.mapping.json"), DATA / file)
        assert report.written, (name, report.problems)
    return viewer


async def test_the_lists_come_in_as_they_are_meant(imported: Viewer) -> None:
    async def lines(title: str) -> list[tuple[str, float | None]]:
        found = RequirementLine.filter(need__title_zh=title).order_by("position")
        both = await found.values_list("category", "quantity")
        return [(str(code).removeprefix("supplies.medical"), number) for code, number in both]

    assert await lines("甲医院急需防疫物资") == [
        (".mask.general", 50_000), (".mask.surgical", None), (".mask.n95", None), (".goggles", 200),
    ]  # fmt: skip
    assert await lines("丙红十字会急需防疫物资") == [("", None)]
    assert await lines("戊医院急需防疫物资") == [
        (".mask.n95", 100_000), (".goggles", 1_000), (".mask.surgical", None), (".suit", None),
        (".disinfectant.bleach", None),
    ]  # fmt: skip
    assert await lines("己医院急需防疫物资") == [
        (".mask.n95", None), (".mask.surgical", 50_000), (".suit", 10_000), ("logistics.relief", None),
    ]  # fmt: skip
    areas = ServiceArea.filter(resource__title_zh__startswith="申快递")
    assert [area.path for area in await areas] == ["x-cn/42/4201/"]
    rooms = Resource.filter(category="lodging.medical").order_by("id")
    assert await rooms.values_list("title_zh", "quantity", "unit") == [("卯酒店", None, None), ("辰酒店", 188, "ROOM")]
    travellers = Resource.filter(category="lodging.traveller").order_by("id")
    assert (await travellers)[0].path == "x-cn/45/4505/"


async def test_importing_the_lists_again_is_refused_by_their_ids(imported: Viewer) -> None:
    for folder, name, file in FILES[2:]:
        mapping = load_mapping(EXAMPLES / folder / f"{name}.mapping.json")
        report = await run_import(imported, mapping, DATA / file)
        assert {problem.row for problem in report.problems} == {number for number, _ in read_rows(DATA / file)}
        assert all("already" in problem.en for problem in report.problems)
