"""A mapping file is checked as a whole; every fault has its path."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.imports.mapping_file import load_mapping, parse_mapping
from api.imports.problems import FileRefused, MappingRefused
from tests.api.imports.conftest import resources

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
KEYS = ["column", "first", "values", "nested", "split", "days", "x"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["column", "iso", "MO"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=8,
)
TOP = ("target", "file", "within", "zone", "externalId", "fields", "place", "owner", "point", "lines", "weekly", "skip")


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"format": 2}, ""),
        ({"target": "people"}, "target"),
        ({"titel": 1}, "titel"),
        ({"fields": {"title": {"column": "a"}}}, ""),
        ({"fields": {"title": {"column": "a", "constant": 1}, "category": {"constant": "x"}}}, "fields.title"),
        ({"fields": {"title": {"colum": "a"}, "category": {"constant": "x"}}}, "fields.title.colum"),
        ({"fields": {"titel": {"column": "a"}}}, "fields.titel"),
        ({"place": {"under": "p", "names": [{"name": {"column": "a"}, "create": True}]}}, "place.names[0]"),
        ({"lines": {"nested": "a"}}, "lines"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"file": {"headerRows": 0}}, "file.headerRows"),
        ({"weekly": {"days": {"MO": [["Open"]]}}}, "weekly.days.MO"),
        ({"skip": {"column": "a"}}, "skip[0]"),
    ],
)
def test_a_fault_is_told_with_its_path(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(MappingRefused) as refused:
        parse_mapping(resources(**changes))
    assert path in {problem.path for problem in refused.value.problems}
    assert all(problem.zh and problem.en for problem in refused.value.problems)


def test_a_misspelt_key_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(MappingRefused) as refused:
        parse_mapping(resources(serviceAria=[]))
    assert "serviceArea" in refused.value.problems[0].en


@given(st.dictionaries(st.sampled_from(TOP), JSON, max_size=4))
def test_any_json_is_a_mapping_or_a_list_of_problems(changes: dict[str, Any]) -> None:
    try:
        parse_mapping({**resources(), **changes})
    except MappingRefused as refused:
        assert refused.problems  # noqa: PT017  both ways out are right; this one must be told


@pytest.mark.parametrize("raw", [None, 1, [], "text", {}])
def test_what_is_no_object_is_refused(raw: Any) -> None:
    with pytest.raises(MappingRefused):
        parse_mapping(raw)


def test_a_file_without_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text("{")
    for name in ("m.json", "none.json"):
        with pytest.raises(FileRefused):
            load_mapping(tmp_path / name)


def test_every_example_is_sound() -> None:
    found = sorted(EXAMPLES.rglob("*.mapping.json"))
    assert len(found) == 14
    for path in found:
        load_mapping(path)
        assert json.loads(path.read_text())["note"]
