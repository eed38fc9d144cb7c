"""Many sends at once; `python -m tests.api.http.idempotency_storm` does the same with any number."""

from api import clock
from tests.api.http.idempotency_storm import storm
from tests.api.http.keys import NOW
from tests.factories import Town


async def test_sends_at_the_same_time_have_one_effect_and_one_answer_a_key(town: Town) -> None:
    with clock.fixed(NOW):
        report = await storm(town, sends=80, keys=20)
    assert report.statuses == {200: 80}
    assert (report.effects, report.audited, report.keys_with_one_answer, report.first) == (20, 20, 20, 20)
