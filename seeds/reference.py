"""Reference data: taxonomy, units of measure, target groups, kinds of party and their seats."""

from collections import defaultdict

from api.commands.party import set_party_seats, upsert_party_kinds
from api.commands.taxonomy import upsert_categories, upsert_target_groups, upsert_units
from api.plan.viewer import Viewer
from seeds.files import Entry, entries
from seeds.register import Keys


async def load_reference_data(viewer: Viewer) -> None:
    """Bring all reference data to what the files say."""
    categories = [
        _labelled(entry) | {"synonyms": entry["synonyms"], "kin": entry["kin"]} for entry in entries("categories")
    ]
    await upsert_categories(viewer, categories)
    await upsert_units(viewer, [_labelled(entry) for entry in entries("units")])
    await upsert_target_groups(viewer, [_labelled(entry) for entry in entries("target_groups")])
    kinds = [_labelled(entry) | {"family": entry["family"]} for entry in entries("party_kinds")]
    await upsert_party_kinds(viewer, kinds)


async def load_party_seats(viewer: Viewer, keys: Keys) -> None:
    """Set who sits at which place's table."""
    seats: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries("party_seats"):
        labels = {"label_zh": entry["zh"], "label_en": entry["en"]}
        seats[entry["place"]].append({key: entry[key] for key in ("kind", "family", "position")} | labels)
    for place, given in seats.items():
        await set_party_seats(viewer, keys.places[place], given)


def _labelled(entry: Entry) -> Entry:
    return {"code": entry["code"], "label_zh": entry["zh"], "label_en": entry["en"]}
