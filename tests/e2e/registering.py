"""A team, a registration, a pairing and a service point, for calls that need them."""

from typing import Any

from tests.e2e.in_process import InProcess

FOUND = """{ teams(filter: {within: "140881001008", status: [ACTIVE]}, first: 1) { nodes { id version } }
  registrations(filter: {within: "140881001008", status: [ACTIVE]}, first: 20) {
    nodes { id version resource { id } } }
  pairings(filter: {within: "140881001008"}, first: 1) { nodes { id version } }
  servicePoints(filter: {within: "140881001008", status: [OPEN]}, first: 1) { nodes { id version } } }"""
MAKE = {
    "team": "mutation($input: TeamInput!) { teamRegister(input: $input) { __typename } }",
    "registration": "mutation($input: RegistrationInput!) { registrationSubmit(input: $input) { __typename } }",
    "pairing": "mutation($input: PairingInput!) { pairingCreate(input: $input) { __typename } }",
    "servicePoint": "mutation($input: ServicePointInput!) { servicePointCreate(input: $input) { __typename } }",
}


def registering(inside: InProcess, unit: str, person: str, place: str, token: str) -> dict[str, Any]:
    """Return the rows by the prefix of the operations that take them; what is not there is made."""
    inputs: dict[str, dict[str, Any]] = {
        "team": {"name": "试一队", "place": place, "lead": person},
        "registration": {"organisation": unit, "place": place, "offer": "理发", "category": "life.haircut"},
        "pairing": {"organisation": unit, "place": place},
        "servicePoint": {"name": "试一站", "place": place, "level": "COMMUNITY"},
    }
    found = _found(inside, token)
    for name, given in inputs.items():
        if name not in found:
            inside.data(MAKE[name], {"input": given}, token)
    return _found(inside, token)


def _found(inside: InProcess, token: str) -> dict[str, Any]:
    rows = inside.data(FOUND, {}, token)
    # Only of one that offers something the offer can be changed.
    offering = [row for row in rows["registrations"]["nodes"] if row["resource"]]
    found = {
        "team": rows["teams"]["nodes"], "registration": offering, "pairing": rows["pairings"]["nodes"],
        "servicePoint": rows["servicePoints"]["nodes"],
    }  # fmt: skip
    return {name: nodes[0] for name, nodes in found.items() if nodes}
