"""Whom and what a chapter's short keys mean: the file's own thing first, then the story's."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from seeds.files import Entry


@dataclass(slots=True)
class Names:
    """The things a chapter has named so far, by short key, and the story's parties by full key, each with its table."""

    core: Mapping[str, tuple[str, Entry]]
    slug: str
    here: str = ""
    own: dict[str, tuple[str, Entry]] = field(default_factory=dict)
    titled: dict[str, tuple[str, str]] = field(default_factory=dict)

    def full(self, key: str) -> str:
        """Return the full key."""
        return str(self.own[key][1]["key"]) if key in self.own else key

    def place(self, key: str) -> str:
        """Return the full key of a place; an empty one means the chapter's place."""
        return self.full(key) or self.here

    def office(self) -> str:
        """Return the full key of the place's residents' committee."""
        return self.full("office") if "office" in self.own else f"org-{self.slug}-office-demo"

    def home(self, key: str) -> str:
        """Return where the things of a person or organisation lie."""
        return str(self.own[key][1]["place"]) if key in self.own else self.here

    def owner(self, key: str, *, household: bool = False) -> dict[str, str]:
        """Return an owner by its kind; a person stands for the household where that is asked for."""
        table, entry = self._party(key)
        if table != "people":
            return {"organisation": entry["key"]}
        return {"household": entry["household"]} if household else {"person": entry["key"]}

    def name(self, key: str) -> dict[str, str]:
        """Return the name of a party in both languages."""
        name: dict[str, str] = self._party(key)[1]["name"]
        return name

    def family(self, key: str) -> str | None:
        """Return the family of an owner."""
        table, entry = self._party(key)
        return "OWNERS" if table == "people" else entry["family"]

    def _party(self, key: str) -> tuple[str, Entry]:
        return self.own[key] if key in self.own else self.core[key]
