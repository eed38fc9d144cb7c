"""The main job on real lists: import them, publish the example rules, match, compare with the evaluator.

    python -m benchmarks.main_job --data DIR

DIR holds the folders `wuhan2020_supplies`, `nyc_participatory_budget`, `nyc_public_computer_centers`
and `nyc_volunteer_opportunities` (see docs/examples/README.md). The rules are published, and the partner
asks, over GraphQL. Everything happens in a new SQLite file, which is thrown away. Prints what was
imported and, for each rule, matches and refused pairs.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from api.app import create_app
from api.commands.standing import system_viewer
from api.imports.mapping_file import load_mapping
from api.imports.run import run_import
from api.matching.facts import load_demands, load_resources
from api.matching.scope import DemandScope, ResourceScope
from api.matching.taxonomy import load_known
from api.migrating import migrate
from api.models import Job, Match, Place
from api.models.choices import JobStatus
from api.plan.viewer import Viewer
from api.runtime import Runtime
from api.settings import Settings
from api.state_machines.match import MatchStatus
from benchmarks.main_job_asking import administrator, publish, read_as_partner
from rules.evaluator import addresses, evaluate
from rules.evaluator_facts import kinship
from rules.facts import Demand, Resource, Taxonomy
from rules.language import RuleDocument, parse
from seeds.load import load_reference

EXAMPLES = Path(__file__).parent.parent / "docs" / "examples"
# More than a server's 2 s: this machine may be busy with other things, and nobody waits.
RULE_SECONDS = 30.0
UNFINISHED = (JobStatus.WAITING, JobStatus.RUNNING)
SECRET = "only for this run, of no value at all"
WUHAN = "wuhan2020_supplies"
FILES = (
    ("wuhan2020", "places", EXAMPLES / "wuhan2020" / "places.jsonl"),
    ("nyc", "places", EXAMPLES / "nyc" / "places.jsonl"),
    ("wuhan2020", "hospital_needs", f"{WUHAN}/hospital_needs.jsonl"),
    ("wuhan2020", "free_text_needs", f"{WUHAN}/free_text_needs.csv"),
    ("wuhan2020", "factory_capacity", f"{WUHAN}/factory_capacity.jsonl"),
    ("wuhan2020", "medic_hotels", f"{WUHAN}/medic_hotels.csv"),
    ("wuhan2020", "traveller_hotels", f"{WUHAN}/traveller_hotels.csv"),
    ("wuhan2020", "free_clinics", f"{WUHAN}/free_clinics.csv"),
    ("wuhan2020", "logistics", f"{WUHAN}/logistics.csv"),
    ("nyc", "projects", "nyc_participatory_budget/projects.csv"),
    ("nyc", "centers", "nyc_public_computer_centers/centers.csv"),
    ("nyc", "opportunities", "nyc_volunteer_opportunities/opportunities.csv"),
    ("wuhan2020", "hospital_support", f"{WUHAN}/hospital_needs.jsonl"),
    ("nyc", "center_rooms", "nyc_public_computer_centers/centers.csv"),
)
RULES = (("wuhan2020", "x-cn"), ("nyc", "US-NY-NYC"))


def main() -> None:
    """Read the arguments and run; the exit code is 1 when anything was refused or differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    data = parser.parse_args().data
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(0 if asyncio.run(run(data, Path(folder))) else 1)


async def run(data: Path, folder: Path) -> bool:
    """Run the whole job in a database below `folder`; tell whether everything agreed."""
    settings = Settings(_env_file=None, data_directory=folder, secret_key=SecretStr(SECRET), rule_seconds=RULE_SECONDS)
    await migrate(settings)
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        runtime: Runtime = app.state.runtime
        await load_reference(runtime)
        viewer = system_viewer(runtime, "main-job")
        fine = await import_all(viewer, data)
        token = await administrator(viewer, [place for _, place in RULES])
        for name, place in RULES:
            await publish(app, token, rules_of(name), place)
        start = time.perf_counter()
        while await Job.filter(status__in=UNFINISHED).exists():  # noqa: ASYNC110  jobs tell nobody when they end
            await asyncio.sleep(0.2)
        print(f"\n{await Job.all().count()} jobs matched everything in {time.perf_counter() - start:.1f} s")
        for name, place in RULES:
            fine = await compare(name, place) and fine
        for _, place in RULES:
            print(f"\npartner within {place}: {await read_as_partner(app, token, place)}")
    return fine


def rules_of(name: str) -> dict[str, Any]:
    """Return an example rule document."""
    found: dict[str, Any] = json.loads((EXAMPLES / name / "rules.json").read_bytes())
    return found


async def import_all(viewer: Viewer, data: Path) -> bool:
    """Import every file and print its report; tell whether none had a fault."""
    fine = True
    for folder, name, file in FILES:
        mapping = load_mapping(EXAMPLES / folder / f"{name}.mapping.json")
        start = time.perf_counter()
        report = await run_import(viewer, mapping, data / file)
        print(
            f"{name}: {report.rows} rows, created {dict(report.created or {})}, lines {report.lines}"
            f" (+{report.default_lines} default), unknown quantities {report.unknown_quantities},"
            f" recognised {report.recognised}, fell back {report.fell_back}"
            f" ({time.perf_counter() - start:.1f} s)"
        )
        for text in report.unrecognised[:5]:
            print(f"    fell back: {text!r}")
        for problem in report.problems[:10]:
            print(f"    row {problem.row}, {problem.column}: {problem.zh} / {problem.en}")
        fine = fine and report.written
    return fine


Pair = tuple[str, str]
Categories = tuple[str, str]


@dataclass(slots=True)
class Tally:
    """What the evaluator says over all pairs: the best rule of each accepted pair, and counts by category."""

    accepted: dict[Pair, tuple[str, int]] = field(default_factory=dict)
    held: Counter[tuple[str, Categories]] = field(default_factory=Counter)
    refused: Counter[tuple[str, Categories]] = field(default_factory=Counter)

    def print_rule(self, rule: str, shown: int) -> bool:
        """Print the counts of a rule; tell whether it both accepts and refuses pairs of one category."""
        matches = {both: count for (each, both), count in self.held.items() if each == rule}
        kindred = {both: count for (each, both), count in self.refused.items() if each == rule}
        like = sum(count for both, count in kindred.items() if both in matches)
        same = sum(kindred[both] for both in kindred.keys() & matches.keys() if both[0] == both[1])
        total = sum(matches.values())
        print(
            f"  {rule}: {total} matches ({shown} shown after caps and better rules); refused"
            f" {sum(kindred.values())} kindred pairs, {like} of categories that it matches elsewhere,"
            f" {same} of one and the same category"
        )
        return total > 0 and like > 0


async def compare(folder: str, place: str) -> bool:
    """Evaluate every rule over all pairs without the engine; print counts and compare with what is stored."""
    path = (await Place.get(code=place)).path
    document = parse(json.loads((EXAMPLES / folder / "rules.json").read_bytes()))
    taxonomy = (await load_known()).taxonomy
    demands = await load_demands(DemandScope((path,)))
    resources = await load_resources(ResourceScope(path))
    tally = Tally()
    for demand in demands:
        for resource in resources:
            judge(tally, document, demand.fact, resource.fact, taxonomy)
    rows = await Match.filter(rule_version__path=path)
    stored = {(str(row.line_id), str(row.resource_id)): (row.rule_id, row.score) for row in rows}
    shown = Counter(row.rule_id for row in rows if row.status is MatchStatus.SUGGESTED)
    print(f"\n{document.id}: {len(demands)} lines x {len(resources)} resources")
    fine = [tally.print_rule(rule.id, shown[rule.id]) for rule in document.rules]
    both = stored.keys() | tally.accepted.keys()
    wrong = [key for key in both if stored.get(key) != tally.accepted.get(key)]
    print(f"  stored {len(stored)}, evaluator {len(tally.accepted)}, different {len(wrong)}")
    return not wrong and all(fine)


def judge(tally: Tally, document: RuleDocument, demand: Demand, resource: Resource, taxonomy: Taxonomy) -> None:
    """Ask the evaluator about one pair and count its answers."""
    if kinship(resource.category, demand.category, taxonomy) is None:
        return
    categories, pair = (demand.category, resource.category), (demand.id, resource.id)
    for rule in document.rules:
        if not addresses(rule, demand.kind):
            continue
        verdict = evaluate(rule, demand, resource, taxonomy)
        if verdict.score is None:
            tally.refused[rule.id, categories] += 1
            continue
        tally.held[rule.id, categories] += 1
        # Of equal score the earlier rule of the document is the reason.
        if pair not in tally.accepted or tally.accepted[pair][1] < verdict.score:
            tally.accepted[pair] = rule.id, verdict.score


if __name__ == "__main__":
    main()
