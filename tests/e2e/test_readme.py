"""The readmes' question to the demo, and its answer as it is printed there."""

import json
import re
from pathlib import Path

import httpx
import pytest

from tests.e2e.server import PATIENCE, Server

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("page", "language"), [("README.md", "zh"), ("README.en.md", "en")])
def test_the_demo_answers_the_readmes_question_word_for_word(server: Server, page: str, language: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    (question,) = re.findall(r"^```graphql\n(.*?)^```", text, re.M | re.S)
    (answer,) = re.findall(r"^```json\n(.*?)^```", text, re.M | re.S)

    told = httpx.post(
        server.announced["graphql"],
        json={"query": question},
        headers={"Authorization": f"Bearer {server.token('partner')}", "Accept-Language": language},
        timeout=PATIENCE,
    )

    real, printed = told.json(), json.loads(answer)
    # What is left, and until when, is another thing with every question.
    for each in (real, printed):
        assert each["extensions"]["cost"].pop("remaining")
        assert each["extensions"]["cost"].pop("resetAt")
    assert real == printed
