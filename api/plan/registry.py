"""All sources by the name of their GraphQL type."""

from functools import cache

from api.plan.source import Embedded, Source, ToMany, ToOne


class SourceMissing(LookupError):
    """A relation points to a type that no source declares; a fault of ours."""


@cache
def all_sources() -> dict[str, Source]:
    """Return every declared source by name; imported late, since sources name each other by text."""
    from api.plan.sources import SOURCES

    return {source.name: source for source in SOURCES}


@cache
def _by_type() -> dict[str, list[Source]]:
    found: dict[str, list[Source]] = {}
    for source in all_sources().values():
        found.setdefault(source.type_name, []).append(source)
    return found


def sources_of(name: str) -> list[Source]:
    """Return the sources of a GraphQL type; contacts of people, of households and of organisations share one."""
    return _by_type().get(name, [])


def source_named(name: str) -> Source:
    """Return one source. Raise SourceMissing when none has that name."""
    try:
        return all_sources()[name]
    except KeyError as fault:
        raise SourceMissing(name) from fault


@cache
def field_names(name: str) -> dict[str, str]:
    """Return a source's fields by their GraphQL names (`title_zh` is served as `titleZh`)."""
    return {camel(field): field for field in source_named(name).fields}


def camel(name: str) -> str:
    """Return the GraphQL name of a Python name, as Strawberry forms it."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() if part else "_" for part in rest)


def snake(name: str) -> str:
    """Return the Python name of a GraphQL name, of a field or of a type."""
    return name[:1].lower() + "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name[1:])


def relations(source: Source) -> list[str]:
    """Return the names of sources that a source points to; a test checks that each exists."""
    return [f.target for f in source.fields.values() if isinstance(f, ToOne | ToMany)] + [
        p.source for p in source.parents
    ]


def embedded(source: Source) -> dict[str, Embedded]:
    """Return the embedded objects of a source by field name."""
    return {name: f for name, f in source.fields.items() if isinstance(f, Embedded)}
