import pytest

from api.settings import Environment
from tests.api.http.asking import Asking
from tests.api.http.cop import CHECKS, findings


@pytest.fixture(params=[Environment.PRODUCTION, Environment.DEVELOPMENT])
def environment(request: pytest.FixtureRequest) -> Environment:
    return Environment(request.param)


async def test_a_scanner_finds_nothing_in_production_and_what_is_open_elsewhere(
    ask: Asking, environment: Environment
) -> None:
    found = await findings(ask.client)
    assert len(CHECKS) == 14
    if environment is Environment.PRODUCTION:
        assert found == []
    else:
        # The others are closed everywhere.
        assert found == ["introspection", "GraphiQL", "suggestions of fields",
                         "queries by GET"]  # fmt: skip
