"""Write the words of our domain that searching must not cut apart: `python -m scripts.search_words`.

They are the names of places in `seeds/data`, and names of services that the cutter would tear into characters; no
names of people. Renew the file when those change; `wujia reindex` then cuts anew what is stored.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rjieba import Jieba

from api.search.cutting import HAN

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "api/search/words.txt"
CHINESE = re.compile(rf"[{HAN}]{{2,12}}")
KINDS = ("COMMUNITY", "VILLAGE", "SUBDISTRICT", "TOWN", "DISTRICT", "CITY", "PROVINCE", "ESTATE", "COURTYARD", "LANE")
# What a kind of place adds to its name; people leave it out.
ENDINGS = re.compile("(社区|小区|街道|家属院|[省市区镇村])$")
LONGEST_SERVICE = 3
_STOCK = Jieba()


def words() -> list[str]:
    """Return the words in their order."""
    return sorted({word for word in (*_places(), *_services()) if CHINESE.fullmatch(word)})


def _places() -> Iterator[str]:
    for place in _read("places"):
        if place["kind"] in KINDS:
            for name in (place["zh"], *place["aliases"]):
                yield name
                yield ENDINGS.sub("", name)


def _services() -> Iterator[str]:
    for entry in (*_read("categories"), *_read("party_kinds"), *_read("target_groups")):
        yield from filter(_torn, (entry["zh"], *entry.get("synonyms", {}).get("zh", ())))


def _torn(name: str) -> bool:
    """Tell whether it is a word that the cutter leaves at least half in single characters.

    What consists of words stays cut, and so does a phrase: who looks for 电梯停运 also means 电梯经常停运.
    """
    return len(name) <= LONGEST_SERVICE and 2 * sum(len(word) == 1 for word in _STOCK.cut(name, hmm=False)) >= len(name)


def _read(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((ROOT / f"seeds/data/{name}.json").read_text("utf-8"))
    return found


if __name__ == "__main__":
    TARGET.write_text("\n".join(words()) + "\n", "utf-8")
    sys.stdout.write(f"{TARGET.relative_to(ROOT)}\n")
