"""Whatever the file holds, an import answers with a report or a refusal, and a fault stores nothing."""

import random
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from api.imports.drafts import draft_all
from api.imports.mapping_file import load_mapping, parse_mapping
from api.imports.problems import FileRefused
from api.imports.recognition import Recogniser
from api.imports.run import run_import
from api.imports.values import Evaluator
from api.models import ExternalId, Organisation, Resource
from api.plan.viewer import Viewer
from tests.api.imports.conftest import Write, resources

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
SOUND = 'id,name,city,rooms\n1,甲店,东市,2\n2,乙店,西市,1万\n3,"丙,店",东湖,0\n'
NASTY = (b"\x00", b"\xff", b'"', b"\n", b",", b"\xed\xa0\x80", b"-", b"9" * 30, b"\xe2\x80\xa8", b"\x81", b"{")
CELLS = st.dictionaries(
    st.sampled_from(["id", "city", "institution", "wanted", "progress", "other", "spec"]),
    st.none() | st.text(max_size=40) | st.floats() | st.integers() | st.lists(st.text(max_size=3), max_size=2),
)


@given(st.lists(CELLS, max_size=3))
def test_any_cells_are_drafts_or_problems_with_row_and_reason(rows: list[dict[str, object]]) -> None:
    mapping = load_mapping(EXAMPLES / "wuhan2020" / "free_text_needs.mapping.json")
    evaluator = Evaluator(Recogniser([("口罩", "supplies.medical.mask")]))
    found = draft_all(mapping, list(enumerate(rows, 2)), evaluator)
    assert len(found.drafts) + len({problem.row for problem in found.problems}) == len(rows)
    assert all(problem.zh and problem.en and problem.column for problem in found.problems)


async def test_a_damaged_file_is_reported_and_never_half_stored(viewer: Viewer, csv_file: Write) -> None:
    mapping = parse_mapping(resources())
    dice = random.Random(20_240_801)
    path = csv_file(SOUND)
    faulty = 0
    for _ in range(120):
        content = SOUND.encode(dice.choice(["utf-8", "utf-8-sig", "gb18030"]))
        for _ in range(dice.randint(1, 2)):
            at = dice.randrange(len(content))
            content = content[:at] + dice.choice(NASTY) + content[at + dice.randint(0, 3) :]
        path.write_bytes(content)
        try:
            report = await run_import(viewer, mapping, path, dry_run=dice.random() < 0.9)
        except FileRefused as refused:
            assert refused.zh  # noqa: PT017  both ways out are right; this one must be told
            faulty += 1
            continue
        assert all(problem.row >= 1 and problem.zh and problem.en for problem in report.problems)
        faulty += bool(report.problems)
        for model in (Resource, Organisation, ExternalId):
            if not report.written:
                assert not await model.all().count()
            await model.all().delete()
    # Half of a Chinese character makes the file GBK and its names unknown, so few stay sound.
    assert 20 <= faulty < 120
