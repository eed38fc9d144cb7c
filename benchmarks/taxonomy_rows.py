"""Reference rows that the measured databases share: categories, kinds of party, the upper places."""

from api.models import Category, CategoryKin, PartyKind, Place
from benchmarks.community import PARTY_KINDS, TAXONOMY

CITY = (("T", "CITY"), ("D", "DISTRICT"), ("S", "SUBDISTRICT"))


async def store_reference() -> dict[str, int]:
    """Store categories with their kin and the kinds of party; return the kinds' identifiers by code."""
    await Category.bulk_create(
        Category(code=code, parent_code=parent, label_zh=f"类别 {code}", label_en=f"Category {code}")
        for code, parent in TAXONOMY.parents.items()
    )
    await CategoryKin.bulk_create(
        CategoryKin(code=code, kin_code=kin) for code, kin in (sorted(pair) for pair in TAXONOMY.synonyms)
    )
    kinds = [PartyKind(code=code, family="UNITS", label_zh=code, label_en=code) for code in PARTY_KINDS]
    await PartyKind.bulk_create(kinds)
    return {kind.code: kind.id for kind in kinds}


async def store_place(code: str, kind: str, parent: Place | None, **profile: object) -> Place:
    """Store a place below another; a community belongs to itself, what is below it to that community."""
    place = Place(
        code=code, kind=kind, name_zh=f"地点 {code}", parent=parent,
        path=f"{parent.path if parent else ''}{code}/",
        community_id=parent.community_id if parent else None, **profile,
    )  # fmt: skip
    await place.save(force_create=True)
    if kind == "COMMUNITY":
        place.community_id = place.id
        await place.save(update_fields=["community_id"])
    return place
