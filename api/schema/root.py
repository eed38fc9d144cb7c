"""The schema: all concepts' parts merged, errors as data, nothing else."""

from typing import Any

import strawberry
from graphql import lexicographic_sort_schema, print_schema
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

import api.exports
import api.schema.scalars  # noqa: F401  registers the enums before any type names them
from api.schema.agreement_root import AgreementMutation, AgreementQuery
from api.schema.base import from_row
from api.schema.change import ChangeQuery
from api.schema.claim_mutations import ClaimMutation
from api.schema.claim_root import ClaimQuery
from api.schema.collection_round_root import CollectionRoundMutation, CollectionRoundQuery
from api.schema.confirmation import ConfirmationMutation, ConfirmationQuery
from api.schema.describing import describe
from api.schema.errors import ERROR_TYPES, HANDLERS
from api.schema.executing import ReadyExecutor
from api.schema.export import ExportQuery
from api.schema.fallback import FallbackMutation
from api.schema.item_list import NeedList, ProjectList, ResourceList
from api.schema.item_list_drafts import ListDraftMutation
from api.schema.item_list_moves import ListMoveMutation
from api.schema.item_list_root import ListQuery
from api.schema.keys import KeyMutation
from api.schema.live import Subscription
from api.schema.match import MatchMutation, MatchQuery
from api.schema.need import NeedMutation, NeedQuery
from api.schema.need_receipt import NeedReceiptQuery
from api.schema.node import NodeQuery
from api.schema.on_behalf import OnBehalfMutation
from api.schema.pairing import PairingMutation, PairingQuery
from api.schema.project import ProjectMutation, ProjectQuery
from api.schema.record import RecordQuery
from api.schema.register import RegisterQuery
from api.schema.register_mutations import RegisterMutation
from api.schema.registration import RegistrationMutation, RegistrationQuery
from api.schema.resource import ResourceMutation, ResourceQuery
from api.schema.rule import RuleMutation, RuleQuery
from api.schema.service_item import ServiceItemMutation, ServiceItemQuery
from api.schema.service_point import ServicePointMutation, ServicePointQuery
from api.schema.service_rating import ServiceRatingMutation
from api.schema.team import TeamMutation, TeamQuery
from api.schema.webhook import WebhookQuery
from api.schema.webhook_mutations import WebhookMutation

QUERIES = (
    NodeQuery,
    RegisterQuery,
    NeedQuery,
    NeedReceiptQuery,
    ResourceQuery,
    ProjectQuery,
    ServiceItemQuery,
    ListQuery,
    CollectionRoundQuery,
    ExportQuery,
    MatchQuery,
    ClaimQuery,
    RuleQuery,
    RecordQuery,
    ChangeQuery,
    AgreementQuery,
    TeamQuery,
    RegistrationQuery,
    PairingQuery,
    ServicePointQuery,
    ConfirmationQuery,
    WebhookQuery,
)
MUTATIONS = (
    NeedMutation,
    OnBehalfMutation,
    ResourceMutation,
    ProjectMutation,
    ServiceItemMutation,
    ServiceRatingMutation,
    FallbackMutation,
    ListDraftMutation,
    ListMoveMutation,
    CollectionRoundMutation,
    MatchMutation,
    ClaimMutation,
    RuleMutation,
    RegisterMutation,
    KeyMutation,
    AgreementMutation,
    TeamMutation,
    RegistrationMutation,
    PairingMutation,
    ServicePointMutation,
    ConfirmationMutation,
    WebhookMutation,
)


def build_schema(*, production: bool = False) -> strawberry.Schema:
    """Return the schema; in production without suggestions of field names."""
    schema = strawberry.Schema(
        query=merge_types("Query", QUERIES),
        mutation=merge_types("Mutation", MUTATIONS),
        subscription=Subscription,
        types=[*ERROR_TYPES, NeedList, ProjectList, ResourceList],
        config=StrawberryConfig(default_resolver=from_row, disable_field_suggestions=production),
        exception_handlers=HANDLERS,
        execution_context_class=ReadyExecutor,
    )
    describe(schema._schema)
    return schema


def sdl() -> str:
    """Return the schema definition, sorted, as it is committed in `schema.graphql`."""
    schema: Any = build_schema()
    return print_schema(lexicographic_sort_schema(schema._schema)) + "\n"
