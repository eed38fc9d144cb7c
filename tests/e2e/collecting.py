"""An open collection round with an invitation, and a draft of each kind of list, for calls that need them."""

from typing import Any

from tests.e2e.in_process import InProcess

FOUND = """{ collectionRounds(filter: {within: "140881001008", status: [OPEN]}, first: 1) { nodes {
    id version invitations(last: 1) { nodes { id } } } }
  needDrafts: needLists(filter: {within: "140881001008", status: [DRAFT]}, first: 1) { nodes { id version } }
  resourceDrafts: resourceLists(filter: {within: "140881001008", status: [DRAFT]}, first: 1) { nodes { id version } }
  projectDrafts: projectLists(filter: {within: "140881001008", status: [DRAFT]}, first: 1) { nodes { id version } } }"""
OPEN = """mutation($input: CollectionRoundInput!) { collectionRoundOpen(input: $input) { __typename } }"""
KINDS = ("need", "resource", "project")


def collecting(inside: InProcess, office: str, place: str, items: dict[str, str], token: str) -> dict[str, Any]:
    """Return the rows by the prefix of the operations that take them; what is not there is made."""
    found = inside.data(FOUND, {}, token)
    rounds = found["collectionRounds"]["nodes"]
    if not rounds or not rounds[0]["invitations"]["nodes"]:
        call = {
            "title": "试一轮", "place": place, "collects": ["NEED"], "dueOn": "2199-12-01", "organisations": [office],
        }  # fmt: skip
        inside.data(OPEN, {"input": call}, token)
    for kind in KINDS:
        if not found[f"{kind}Drafts"]["nodes"]:
            draft = {"title": "试一份", "place": place, "owner": {"organisation": office}, "items": [items[kind]]}
            save = f"mutation($input: ListDraft!) {{ {kind}ListSave(input: $input) {{ __typename }} }}"
            inside.data(save, {"input": draft}, token)
    found = inside.data(FOUND, {}, token)
    (collection,) = found["collectionRounds"]["nodes"]
    return {
        "collectionRound": collection,
        "collectionInvitation": collection["invitations"]["nodes"][0],
        **{f"{kind}List": found[f"{kind}Drafts"]["nodes"][0] for kind in KINDS},
    }
