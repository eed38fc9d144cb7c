import time
from tests.api.conftest import City
from tests.api.reading import LISTS, SYSTEM, ask, every_id

async def test_world(city: City) -> None:
    for name, field in LISTS.items():
        ids = await every_id(field, SYSTEM)
        print(name, len(ids))
    r = await ask("{ matches(first:3){ totalCount nodes{ id score reason{ ruleVersion ruleTitle because conditions{path operator expected actual holds points sentence} parts } ruleVersion{id} resource{title} need{title} project{title}} } }", SYSTEM)
    print(r)
    r = await ask('{ resourceLists(first:3){ totalCount nodes{ id coverage{lines covered share needList{title}} entries(first:2){nodes{position resource{title}}}} } }', SYSTEM)
    print(r)
