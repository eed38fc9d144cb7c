"""The GraphQL side of the main job: an administrator publishes rules, a partner reads needs with their matches."""

from typing import Any

import httpx
import orjson
from starlette.applications import Starlette

from api.commands.key import issue_person_token
from api.commands.membership import grant_membership
from api.commands.person import register_person
from api.models import Place
from api.plan.viewer import Viewer
from auth.roles import Role

SAVE = """mutation($place: ID!, $document: JSON!) {
  ruleDraftSave(place: $place, document: $document) {
    __typename ... on RuleSet { id draft { version } } ... on UserError { message }
  }
}"""
PUBLISH = """mutation($ruleSet: ID!, $version: Int!) {
  ruleVersionPublish(ruleSet: $ruleSet, expectedVersion: $version) {
    __typename ... on RuleVersion { id number } ... on UserError { message }
    ... on RuleProblemsError { problems { path message } }
  }
}"""
PARTNER = """query($within: String!) {
  needs(filter: {within: $within, status: [REQUESTED]}, first: 100) {
    totalCount
    nodes { title ownerOrganisation { name }
      lines { quantity unit category { label }
        matches(first: 1) { totalCount nodes { score resource { title } reason { ruleTitle because } } } } }
  }
}"""


class Refused(Exception):
    """The server answered otherwise than it should; with its answer."""


async def administrator(viewer: Viewer, places: list[str]) -> str:
    """Register a committee administrator of these places and return their bearer token."""
    found = {place.code: place.id for place in await Place.filter(code__in=places)}
    person = await register_person(viewer, {"name": "演示管理员", "place": found[places[0]]})
    for code in places:
        await grant_membership(viewer, {"role": Role.COMMITTEE_ADMINISTRATOR, "person": person, "place": found[code]})
    return (await issue_person_token(viewer, person, "main job")).token


async def ask(app: Starlette, token: str, query: str, variables: dict[str, Any]) -> dict[str, Any]:
    """Send one operation over HTTP and return its data. Raise Refused when there are errors."""
    transport = httpx.ASGITransport(app)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Accept-Language": "zh"}
    async with httpx.AsyncClient(transport=transport, base_url="http://main-job", timeout=60) as client:
        answer = await client.post(
            "/graphql", content=orjson.dumps({"query": query, "variables": variables}), headers=headers
        )
    body: dict[str, Any] = answer.json()
    if answer.status_code != httpx.codes.OK or "errors" in body:
        raise Refused(body)
    data: dict[str, Any] = body["data"]
    return data


async def publish(app: Starlette, token: str, document: dict[str, Any], place: str) -> None:
    """Save a document as a draft and publish it, as an administrator does. Raise Refused."""
    where = f"Place:{(await Place.get(code=place)).id}"
    saved = (await ask(app, token, SAVE, {"place": where, "document": document}))["ruleDraftSave"]
    if saved["__typename"] != "RuleSet":
        raise Refused(saved)
    version = {"ruleSet": saved["id"], "version": saved["draft"]["version"]}
    done = (await ask(app, token, PUBLISH, version))["ruleVersionPublish"]
    if done["__typename"] != "RuleVersion":
        raise Refused(done)


async def read_as_partner(app: Starlette, token: str, place: str) -> str:
    """Ask the partner's question and return what came, in two lines."""
    needs = (await ask(app, token, PARTNER, {"within": place}))["needs"]
    lines = [line for need in needs["nodes"] for line in need["lines"]]
    matched = [line for line in lines if line["matches"]["nodes"]]
    count, page = needs["totalCount"], len(needs["nodes"])
    found = f"{count} open needs; of the first {page}, {len(matched)} of {len(lines)} lines matched"
    if not matched:
        raise Refused(needs)
    best = matched[0]["matches"]["nodes"][0]
    return f"{found}\n    e.g. {best['resource']['title']} ({best['score']}): {best['reason']['because']}"
