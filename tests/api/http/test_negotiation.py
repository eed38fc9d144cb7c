import pytest

from api.http.negotiation import GRAPHQL_JSON, JSON, language, response_type


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        ("text/html", None),
        ("application/json;q=0", None),
        ("*/*;q=0", None),
        ("application/graphql-response+json;q=nan", None),
        ("application/json;q=2", None),
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("Application/JSON; charset=utf-8", JSON),
        (GRAPHQL_JSON, GRAPHQL_JSON),
        (f"{GRAPHQL_JSON}, application/json;q=0.9", GRAPHQL_JSON),
        (f"{GRAPHQL_JSON};q=0.5, application/json;q=0.9", JSON),
        (f"text/html, {GRAPHQL_JSON};q=0.1", GRAPHQL_JSON),
    ],
)
def test_the_media_type_of_the_greatest_weight_is_answered(accept: str | None, answered: str | None) -> None:
    assert response_type(accept) == answered


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        (None, None),
        ("fr", None),
        ("en;q=0", None),
        ("*", None),
        ("en", "en"),
        ("zh-Hans-CN", "zh"),
        ("fr, en-GB;q=0.8, zh;q=0.7", "en"),
        ("en, zh", "zh"),
        ("en;q=x, zh;q=0.1", "zh"),
    ],
)
def test_the_preferred_language_is_chosen_and_chinese_between_equals(accepted: str | None, chosen: str | None) -> None:
    assert language(accepted) == chosen
