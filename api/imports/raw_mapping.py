"""Walk the JSON of a mapping file and note every fault with its path."""

import difflib
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from api.imports.problems import FileRefused, MappingProblem

MOST_BYTES = 1_000_000
LONGEST = 2_000
Choice = TypeVar("Choice", bound=StrEnum)
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the file with its path; faults go into a list that all nodes share."""

    value: Any
    path: str = ""
    problems: list[MappingProblem] = field(default_factory=list)

    def fault(self, zh: str, en: str) -> None:
        """Note a fault of this value."""
        self.problems.append(MappingProblem(self.path, zh, en))

    def members(self, known: Collection[str]) -> Mapping[str, "Node"]:
        """Return an object's members; unknown ones are faults, with the nearest known name."""
        if not isinstance(self.value, dict):
            self.fault("须为对象 {…}", "Must be an object")
            return {}
        for name in self.value:
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                hint_zh, hint_en = (f",是否想写 {near[0]}", f"; do you mean {near[0]}") if near else ("", "")
                self.below(name).fault(f"没有这一项{hint_zh}", f"Unknown key{hint_en}")
        return {name: self.below(name) for name in self.value if name in known}

    def entries(self) -> Mapping[str, "Node"]:
        """Return an object's members whatever their names."""
        if not isinstance(self.value, dict):
            self.fault("须为对象 {…}", "Must be an object")
            return {}
        return {name: self.below(name) for name in self.value}

    def items(self) -> Iterator["Node"]:
        """Yield the members of a list; a single value counts as a list of one."""
        values = self.value if isinstance(self.value, list) else [self.value]
        for index, value in enumerate(values):
            yield Node(value, f"{self.path}[{index}]", self.problems)

    def below(self, name: str) -> "Node":
        """Return a member of an object."""
        path = f"{self.path}.{name}" if self.path else name
        return Node(self.value[name], path, self.problems)

    def text(self) -> str:
        """Return a text that is not empty; "" after noting a fault."""
        if isinstance(self.value, str) and 0 < len(self.value) <= LONGEST:
            return self.value
        self.fault(f"须为 1 到 {LONGEST} 字的文字", f"Must be a text of 1 to {LONGEST} characters")
        return ""

    def texts(self) -> tuple[str, ...]:
        """Return one text or a list of texts."""
        return tuple(each.text() for each in self.items())

    def flag(self) -> bool:
        """Return true or false."""
        if not isinstance(self.value, bool):
            self.fault("须为 true 或 false", "Must be true or false")
        return self.value is True

    def count(self, most: int) -> int:
        """Return a whole number from 1 to `most`."""
        if isinstance(self.value, int) and not isinstance(self.value, bool) and 1 <= self.value <= most:
            return self.value
        self.fault(f"须为 1 到 {most} 的整数", f"Must be a whole number from 1 to {most}")
        return 1

    def choice(self, options: type[Choice]) -> Choice:
        """Return a member of a closed list; the first after noting a fault."""
        with_values = list(options)
        if self.value in list(map(str, with_values)):
            return options(self.value)
        known = ", ".join(with_values)
        self.fault(f"须为以下之一:{known}", f"Must be one of {known}")
        return with_values[0]


def given(members: Mapping[str, Node], name: str, read: Callable[[Node], Read]) -> Read | None:
    """Return what `read` makes of a member, None when it is not there or null."""
    node = members.get(name)
    return None if node is None or node.value is None else read(node)


def load_json(path: Path) -> Any:
    """Return the JSON of a mapping file. Raise FileRefused."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise FileRefused("映射文件过大", "The mapping file is too large")
        return json.loads(path.read_text("utf-8-sig"))
    except OSError:
        raise FileRefused(f"打不开文件 {path.name}", f"Cannot open {path.name}") from None
    except (ValueError, RecursionError) as fault:
        raise FileRefused(f"映射文件不是 JSON:{fault}", f"The mapping file is not JSON: {fault}") from None
