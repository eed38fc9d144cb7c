"""Read and check a whole mapping file."""

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from api.imports.cells import normal
from api.imports.dates import DAYS
from api.imports.mapping import (
    Backwards,
    External,
    Fields,
    FileKind,
    FileShape,
    ImportMapping,
    Lines,
    Owner,
    Period,
    Split,
    Weekly,
)
from api.imports.mapping_values import read_fields, read_filters, read_place, read_value
from api.imports.problems import MappingRefused
from api.imports.raw_mapping import Node, given, load_json
from api.imports.targets import FIELDS, LINE_FIELDS, REQUIRED, Target
from api.plan.geography import Crs

FORMAT = 1
ZONE = "Asia/Shanghai"
KEYS = (
    "format", "kind", "note", "target", "file", "within", "zone", "externalId", "fields", "place", "owner",
    "point", "serviceArea", "lines", "weekly", "period", "explode", "skip",
)  # fmt: skip
ONLY_FOR = {
    "owner": (Target.NEEDS, Target.RESOURCES, Target.PROJECTS),
    "serviceArea": (Target.RESOURCES,),
    "lines": (Target.NEEDS, Target.PROJECTS),
    "weekly": (Target.NEEDS, Target.RESOURCES, Target.PROJECTS),
    "period": (Target.NEEDS, Target.RESOURCES, Target.PROJECTS),
}


def load_mapping(path: Path) -> ImportMapping:
    """Read a mapping file. Raise FileRefused (no JSON) or MappingRefused (every problem with its path)."""
    return parse_mapping(load_json(path))


def parse_mapping(raw: Any) -> ImportMapping:
    """Check JSON data and return it as a mapping. Raise MappingRefused."""
    root = Node(raw)
    mapping = _mapping(root)
    if root.problems:
        raise MappingRefused(problems=tuple(root.problems))
    return mapping


def _mapping(root: Node) -> ImportMapping:
    top = root.members(KEYS)
    if root.value.get("format") != FORMAT if isinstance(root.value, dict) else True:
        root.fault("format 须为 1", "format must be 1")
    if isinstance(root.value, dict) and root.value.get("kind") != "import":
        root.fault("kind 须为 import", "kind must be “import”")
    target = given(top, "target", lambda node: node.choice(Target))
    if target is None:
        root.fault("缺少 target", "target is missing")
        target = Target.NEEDS
    fields = given(top, "fields", lambda node: read_fields(node, FIELDS[target])) or {}
    needed = [*(f"fields.{name}" for name in REQUIRED[target] if name not in fields)]
    if target is not Target.PLACES:
        needed += [name for name in ("place", "within") if name not in top]
    if target in ONLY_FOR["owner"]:
        needed += [name for name in ("owner",) if name not in top]
    for name in needed:
        root.fault(f"缺少 {name}", f"{name} is missing")
    for name, targets in ONLY_FOR.items():
        if name in top and target not in targets:
            top[name].fault(f"{target} 不能有这一项", f"Not for {target}")
    return ImportMapping(
        target=target,
        file=given(top, "file", _file) or FileShape(),
        within=given(top, "within", Node.text),
        zone=given(top, "zone", _zone) or ZONE,
        fields=fields,
        place=given(top, "place", read_place),
        owner=given(top, "owner", _owner),
        external=given(top, "externalId", _external),
        point=given(top, "point", _point),
        crs=given(top, "point", _crs),
        service_area=given(top, "serviceArea", lambda node: tuple(read_place(one) for one in node.items())) or (),
        lines=given(top, "lines", _lines),
        weekly=given(top, "weekly", _weekly),
        period=given(top, "period", _period),
        explode=given(top, "explode", Node.text),
        skip=given(top, "skip", read_filters) or (),
    )


def _file(node: Node) -> FileShape:
    members = node.members(("kind", "sheet", "delimiter", "headerFrom", "headerRows", "dropControls"))
    delimiter = given(members, "delimiter", Node.text)
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        members["delimiter"].fault("须为一个字符", "Must be one character")
    return FileShape(
        kind=given(members, "kind", lambda each: each.choice(FileKind)),
        sheet=given(members, "sheet", Node.text),
        delimiter=delimiter,
        header_from=given(members, "headerFrom", lambda each: each.count(100)) or 1,
        header_rows=given(members, "headerRows", lambda each: each.count(5)) or 1,
        drop_controls=bool(given(members, "dropControls", Node.flag)),
    )


def _zone(node: Node) -> str:
    name = node.text()
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        node.fault("没有这个时区", "No such time zone")
    return name


def _owner(node: Node) -> Owner | None:
    members = node.members(("name", "register", "place"))
    if "name" not in members:
        node.fault("缺少 name", "name is missing")
        return None
    kind = given(members, "register", read_value)
    return Owner(read_value(members["name"]), kind, given(members, "place", read_place))


def _external(node: Node) -> External | None:
    members = node.members(("system", "value", "existing"))
    if not {"system", "value"} <= members.keys():
        node.fault("须写 system 和 value", "Give system and value")
        return None
    existing = given(members, "existing", Node.text) or "refuse"
    if existing not in ("refuse", "skip"):
        members["existing"].fault("须为 refuse 或 skip", "Must be refuse or skip")
    return External(members["system"].text(), read_value(members["value"]), existing == "skip")


def _point(node: Node) -> Any:
    members = node.members(("longitude", "latitude", "crs"))
    if not {"longitude", "latitude"} <= members.keys():
        node.fault("须写 longitude 和 latitude", "Give longitude and latitude")
        return None
    return read_value(members["longitude"]), read_value(members["latitude"])


def _crs(node: Node) -> str | None:
    if not isinstance(node.value, dict) or "crs" not in node.value:
        return None
    return node.below("crs").choice(Crs)


def _lines(node: Node) -> Lines:
    members = node.members(("nested", "split", "fields", "fixed", "merge"))
    return Lines(
        nested=given(members, "nested", Node.text),
        splits=given(members, "split", lambda each: tuple(_split(one) for one in each.items())) or (),
        fields=given(members, "fields", _line_fields) or {},
        fixed=given(members, "fixed", lambda each: tuple(_line_fields(one) for one in each.items())) or (),
        merge=bool(given(members, "merge", Node.flag)),
    )


def _line_fields(node: Node) -> Fields:
    return read_fields(node, LINE_FIELDS)


def _split(node: Node) -> Split:
    members = node.members(("column", "separators", "after", "until", "ignore"))
    for name in ("column", "separators"):
        if name not in members:
            node.fault(f"缺少 {name}", f"{name} is missing")
    return Split(
        given(members, "column", Node.text) or "",
        given(members, "separators", Node.texts) or (),
        given(members, "after", Node.texts) or (),
        given(members, "until", Node.texts) or (),
        frozenset(map(normal, given(members, "ignore", Node.texts) or ())),
    )


def _weekly(node: Node) -> Weekly:
    members = node.members(("days", "closed", "backwards"))
    days = {}
    for name, day in (members["days"].members(DAYS) if "days" in members else {}).items():
        pairs = [each.texts() for each in day.items()]
        if any(len(pair) != 2 for pair in pairs):
            day.fault("每段须为[开始列, 结束列]", "Each span is [column of the start, column of the end]")
            continue
        days[name] = tuple((pair[0], pair[1]) for pair in pairs)
    closed = given(members, "closed", Node.texts) or ()
    return Weekly(days, frozenset(map(normal, closed)), _backwards(node))


def _period(node: Node) -> Period | None:
    members = node.members(("start", "end", "backwards"))
    if not {"start", "end"} <= members.keys():
        node.fault("须写 start 和 end", "Give start and end")
        return None
    return Period(read_value(members["start"]), read_value(members["end"]), _backwards(node))


def _backwards(node: Node) -> Backwards:
    if not isinstance(node.value, dict) or "backwards" not in node.value:
        return Backwards.REFUSE
    return node.below("backwards").choice(Backwards)
