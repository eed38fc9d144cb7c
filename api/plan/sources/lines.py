"""Child rows of items: requirement lines, time windows, service areas, external ids."""

from api.plan.holding import held_of_line, left_of_line
from api.plan.source import BY_SCORE, Column, Kind, Parent, Source, ToMany, ToOne, plain

REQUIREMENT_LINE = Source(
    name="RequirementLine",
    table="requirement_line",
    parents=(Parent("Need", "t.need_id"), Parent("Project", "t.project_id")),
    fields={
        **plain("kind", "unit", "note"),
        "skills": Column("t.skills", Kind.JSON),
        "position": Column("t.position", Kind.INTEGER),
        "category": ToOne("Category", "t.category", target_column="t.code"),
        "quantity": Column("t.quantity", Kind.NUMBER),
        "claimed": Column(held_of_line("t.id"), Kind.NUMBER),
        "left": Column(left_of_line("t.id", "t.quantity"), Kind.NUMBER),
        "matches": ToMany("Match", "t.line_id", BY_SCORE),
    },
)

SERVICE_AREA = Source(
    name="ServiceArea",
    table="service_area",
    parents=(Parent("Resource", "t.resource_id"),),
    fields={"place": ToOne("Place", "t.place_id")},
)

_WINDOW = {
    "starts_at": Column("t.starts_at", Kind.INSTANT),
    "ends_at": Column("t.ends_at", Kind.INSTANT),
    **plain("rrule"),
}
TIME_WINDOWS = tuple(
    Source(
        name=f"TimeWindow:{owner}",
        table="time_window",
        where=f"t.{column} IS NOT NULL",
        parents=(Parent(owner, f"t.{column}"),),
        fields=_WINDOW,
    )
    for owner, column in (
        ("Need", "need_id"),
        ("Resource", "resource_id"),
        ("Project", "project_id"),
        ("ServicePoint", "service_point_id"),
    )
)

EXTERNAL_IDS = tuple(
    Source(
        name=f"ExternalId:{owner}",
        table="external_id",
        where=f"t.item_kind = '{kind}'",
        parents=(Parent(owner, "t.item_id"),),
        fields=plain("system", "value"),
    )
    for owner, kind in (
        ("Need", "NEED"), ("Resource", "RESOURCE"), ("Project", "PROJECT"), ("Organisation", "ORGANISATION"),
    )
)  # fmt: skip
