"""Load reference data and the demo's story: one transaction, through the real commands, once.

Loading again changes reference data to what the files say and leaves the story alone.
"""

from api import db
from api.commands.rule import publish_version, save_draft
from api.commands.standing import system_viewer
from api.commands.unit_of_work import joined_work
from api.models import Place
from api.plan.viewer import Viewer
from api.runtime import Runtime
from seeds.collecting import load_answers, load_rounds
from seeds.commitments import load_agreements, load_claims, load_fallbacks, load_register, load_remedies
from seeds.files import document, entries
from seeds.items import load_items, load_lists
from seeds.reference import load_party_seats, load_reference_data
from seeds.register import Keys, load_organisations, load_people, load_places
from seeds.story import told


async def load_reference(runtime: Runtime) -> None:
    """Load taxonomy, units of measure, target groups and kinds of party."""
    async with db.transaction():
        await load_reference_data(system_viewer(runtime, "seed"))


async def load_demo(runtime: Runtime) -> bool:
    """Load reference data and the story; return False when the story was there already.

    Matching runs afterwards: publishing the rules leaves jobs (see `api.jobs`).
    """
    viewer = system_viewer(runtime, "seed")
    async with db.transaction():
        await load_reference_data(viewer)
        if await Place.exists(code=entries("places")[0]["key"]):
            return False
        keys = Keys()
        await load_places(viewer, keys)
        await load_party_seats(viewer, keys)
        await load_organisations(viewer, keys)
        # Service items are entered by their own organisation alone, so the loader stands for each that has some.
        providers = {entry["owner"]["organisation"] for entry in told("service_items")}
        acting = system_viewer(runtime, "seed", [keys.organisations[each] for each in sorted(providers)])
        async with joined_work(acting):
            await load_people(acting, keys)
        await load_fallbacks(viewer, keys)
        await load_register(viewer, keys)
        await load_agreements(runtime, keys)
        await load_items(acting, keys)
        await load_rounds(acting, keys)
        await load_lists(acting, keys)
        await load_answers(acting, keys)
        await load_claims(viewer, keys)
        await load_remedies(viewer, keys)
        await _load_rules(acting, keys)
    return True


async def _load_rules(viewer: Viewer, keys: Keys) -> None:
    for entry in entries("rule_sets"):
        text = document(entry["document"])
        rule_set = await save_draft(viewer, None, keys.places[entry["place"]], text, 0)
        await publish_version(viewer, rule_set, 1)
