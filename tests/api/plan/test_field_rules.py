"""Fields with a permission of their own: shown where casbin says so, row by row, and found out in no other way."""

from typing import Any

from api.models import Need, NeedConsent, ServiceArea
from auth.permissions import Action, Object, Permission
from auth.principal import ANONYMOUS, Principal
from auth.relations import RowScope, Visibility
from auth.roles import Role
from tests.api.callers import everybody, single
from tests.api.conftest import City
from tests.api.plan.oracle import OWNED, Oracle, Row, all_rows
from tests.api.reading import answer, ask, authoriser, every_id
from tests.api.world import NOW

FIELDS = """{ needs(first: 100) { nodes { id estimates { cost effort } consent onBehalfBy { id } place { id }
    onBehalf { words sheetAt recorder consent } } }
  resources(first: 100) { nodes { id place { id } } }
  projects(first: 100) { nodes { id place { id } estimates { cost } } } }"""


CONSENT = {"words": "儿子代填", "sheetAt": "窗口", "recorder": "CHILD", "consent": "ORAL"}


async def consented() -> None:
    """Give each need of the city a consent of this kind."""
    await NeedConsent.all().delete()
    shared: dict[str, Any] = {"words": "儿子代填", "sheet_at": "窗口", "recorder": "CHILD", "wanted": "PUBLIC"}
    keys = await Need.all().values_list("id", flat=True)
    rows = [NeedConsent(need_id=key, given_on=NOW.date(), recorded_at=NOW, **shared) for key in keys]
    await NeedConsent.bulk_create(rows)


def scope(row: Row) -> RowScope:
    facts = {fact: row.get(fact) for fact in OWNED}
    return RowScope(path=row["path"], visibility=Visibility(row["visibility"]), **facts)


def may(caller: Principal, object_: Object, row: Row) -> bool:
    return authoriser().ask(caller, Permission(object_, Action.READ), scope(row))


async def test_estimates_consent_and_the_exact_place_are_shown_to_those_alone_who_may_know(city: City) -> None:
    await consented()
    tables = await all_rows()
    told: dict[str, set[bool]] = {"estimates": set(), "behalf": set(), "exact": set(), "resource": set()}
    for caller in everybody(city.world, mixtures=10):
        people = {each for each in Oracle(tables, authoriser(), caller).ids() if each.startswith("Person:")}
        data = await answer(FIELDS, caller)
        for node in data["needs"]["nodes"]:
            row = tables.row("Need", int(node["id"].partition(":")[2]))
            estimates, behalf, exact = (
                may(caller, each, row)
                for each in (Object.NEED_ESTIMATES, Object.NEED_ON_BEHALF, Object.NEED_EXACT_PLACE)
            )
            helper = f"Person:{row['on_behalf_by_id']}"
            assert node["estimates"] == ({"cost": 1234.0, "effort": 2.5} if estimates else None), caller.actor
            assert node["consent"] == ("ORAL" if behalf else None), caller.actor
            assert node["onBehalf"] == (CONSENT if behalf else None), caller.actor
            assert node["onBehalfBy"] == ({"id": helper} if behalf and helper in people else None), caller.actor
            assert node["place"]["id"] == f"Place:{row['place_id' if exact else 'public_place_id']}", caller.actor
            told["estimates"].add(estimates)
            told["behalf"].add(behalf)
            told["exact"].add(exact)
        for node in data["resources"]["nodes"]:
            row = tables.row("Resource", int(node["id"].partition(":")[2]))
            exact = may(caller, Object.RESOURCE_EXACT_PLACE, row)
            assert node["place"]["id"] == f"Place:{row['place_id' if exact else 'public_place_id']}", caller.actor
            told["resource"].add(exact)
        for node in data["projects"]["nodes"]:
            row = tables.row("Project", int(node["id"].partition(":")[2]))
            assert node["place"]["id"] == f"Place:{row['place_id']}"
            assert node["estimates"] == {"cost": 1234.0}
    assert all(answers == {True, False} for answers in told.values()), told


async def test_filtering_by_a_building_tells_a_stranger_nothing_about_who_lives_there(city: City) -> None:
    # Whoever names a building as the service area of an offer tells it themselves.
    told = set(await ServiceArea.all().values_list("resource_id", flat=True))
    items = [each for each in city.items.needs + city.items.resources if each.id not in told]
    hidden = [each for each in items if each.path != each.public_path]
    assert hidden
    for place in city.world.buildings:
        for field, argument in (("needs", "within"), ("resources", "within"), ("resources", "serves")):
            found = await every_id(field, ANONYMOUS, f', filter: {{ {argument}: "{place.code}" }}')
            tells = {f"{type(each).__name__}:{each.id}" for each in hidden if each.path == place.path}
            if argument == "within":
                assert not tells & set(found), (place.code, field)
            else:
                # A resource at home serves its estate as far as anybody may know, whichever building it is in.
                sister = place.code[:-1] + ("2" if place.code.endswith("1") else "1")
                other = await every_id(field, ANONYMOUS, f', filter: {{ serves: "{sister}" }}')
                assert tells & set(found) == tells & set(other), place.code


async def test_filtering_by_a_building_works_for_those_who_may_know_it(city: City) -> None:
    staff = single(city.world, Role.COMMITTEE_STAFF, "QA")
    for place in city.world.buildings:
        if not place.path.startswith(city.world.places["QA"].path):
            continue
        mine = {f"Need:{each.id}" for each in city.items.needs if each.path == place.path}
        found = set(await every_id("needs", staff, f', filter: {{ within: "{place.code}" }}'))
        assert mine
        assert found == mine
        matches = await every_id("matches", staff, f', filter: {{ within: "{place.code}" }}')
        assert set(matches) >= {
            f"Match:{each.id}"
            for each in city.documents.matches
            if f"Need:{each.need_id}" in mine
            and any(each.resource_id == r.id and may_read(staff, r) for r in city.items.resources)
        }


def may_read(caller: Principal, row: Any) -> bool:
    values = {name: getattr(row, name, None) for name in (*OWNED, "path", "visibility")}
    return may(caller, Object.RESOURCE, values)


async def test_matches_within_a_building_tell_a_stranger_nothing(city: City) -> None:
    private = {each.id for each in city.items.needs if each.path != each.public_path}
    for place in city.world.buildings:
        text = f'{{ matches(first: 100, filter: {{ within: "{place.code}" }}) {{ nodes {{ need {{ id }} }} }} }}'
        found = (await answer(text))["matches"]["nodes"]
        assert not {f"Need:{each}" for each in private} & {each["need"]["id"] for each in found if each["need"]}


async def test_house_mates_are_not_each_other(city: City) -> None:
    first, second = city.world.people[:2]
    assert first.household_id == second.household_id
    caller = single(city.world, Role.RESIDENT, "QA")
    assert caller.person_id == first.id

    found = await answer(
        "query ($ids: [ID!]!) { nodes(ids: $ids) { id }"
        " viewer { person { id household { people(first: 9) { nodes { id } } } } } }",
        caller,
        ids=[f"Person:{first.id}", f"Person:{second.id}"],
    )

    assert found["nodes"] == [{"id": f"Person:{first.id}"}, None]
    assert found["viewer"]["person"]["household"]["people"]["nodes"] == [{"id": f"Person:{first.id}"}]


async def test_a_contact_is_masked_for_everybody_who_sees_it(city: City) -> None:
    masked = {"name": "张*", "phone": "138****5678", "address": "***"}
    shown = "contact { name phone address }"
    text = f"{{ organisations(first: 5) {{ nodes {{ {shown} }} }} viewer {{ person {{ {shown} }} }} }}"
    for caller in everybody(city.world, ("QA",)):
        data = await answer(text, caller)
        assert [node["contact"] for node in data["organisations"]["nodes"]] == [masked] * 5
        if caller is not ANONYMOUS:
            assert data["viewer"]["person"]["contact"] == masked


async def test_a_draft_is_shown_to_those_alone_who_may_read_drafts(city: City) -> None:
    text = "{ ruleSets(first: 100) { nodes { key draft { document version } } } }"
    seen = set()
    for caller in everybody(city.world):
        for node in (await answer(text, caller))["ruleSets"]["nodes"]:
            rule_set = next(each for each in city.documents.rule_sets if each.key == node["key"])
            right = authoriser().ask(caller, Permission(Object.RULE_DRAFT, Action.READ), RowScope(path=rule_set.path))
            assert node["draft"] == ({"document": rule_set.draft, "version": 1} if right else None)
            seen.add(right)
    assert seen == {True, False}


async def test_the_firm_reads_the_history_of_its_own_service_items_and_others_do_not(city: City) -> None:
    history = "history(first: 5) { totalCount nodes { changes } }"
    text = f"{{ serviceItems(first: 100) {{ nodes {{ organisation {{ id }} {history} }} }} }}"
    clerk = single(city.world, Role.PROPERTY_CLERK, "QA")
    (firm,) = clerk.organisation_ids
    nodes = (await answer(text, clerk))["serviceItems"]["nodes"]
    mine = [node["history"] for node in nodes if node["organisation"]["id"] == f"Organisation:{firm}"]
    others = [node["history"] for node in nodes if node["organisation"]["id"] != f"Organisation:{firm}"]

    assert mine
    assert all(each["totalCount"] == len(each["nodes"]) == 2 for each in mine)
    assert all(each == {"totalCount": 0, "nodes": []} for each in others)


async def test_a_place_that_nobody_knows_is_not_found_with_its_path(city: City) -> None:
    for argument, field in (("within", "needs"), ("serves", "resources"), ("within", "matches"), ("within", "places")):
        for text in ("nowhere", "", "Place:12", "Place:abc", "Need:1", "\\u0000", "地" * 50, "x" * 5000):
            found = await ask(f'{{ {field}(first: 1, filter: {{ {argument}: "{text}" }}) {{ nodes {{ id }} }} }}')
            assert (found.fault.code, found.fault.path) == ("NOT_FOUND", ("filter", argument)), text
