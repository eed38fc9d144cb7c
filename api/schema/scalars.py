"""Enums of the schema, from the closed lists of the models and the state machines."""

from typing import Any

import strawberry

from api.models import choices
from api.queries.items import ItemOrder, SearchOrder
from api.state_machines.claim import ClaimStatus
from api.state_machines.collection_round import CollectionRoundStatus
from api.state_machines.item_list import ListStatus
from api.state_machines.match import MatchStatus
from api.state_machines.need import NeedStatus
from api.state_machines.project import ProjectStatus
from api.state_machines.resource import ResourceStatus
from api.state_machines.rule_version import RuleVersionStatus
from api.state_machines.service_item import ServiceItemStatus


def _described(kind: Any, description: str) -> None:
    strawberry.enum(kind, description=description)


_described(choices.Family, "Family of the community: 本家, 主家, 管家, 邻家, 专家")
_described(choices.PlaceKind, "Kind of place")
_described(choices.EstateKind, "Sort of estate or settlement")
_described(choices.Visibility, "Who may see an item besides its owner and those in charge")
_described(choices.LineKind, "What a requirement line asks for")
_described(choices.Urgency, "How soon something is needed")
_described(choices.Source, "How an item came in")
_described(choices.Consent, "How somebody agreed that another person enters their need")
_described(choices.Recorder, "Who enters a need for somebody else, seen from that person")
_described(choices.PriceClass, "How a service is paid")
_described(choices.ResourceKind, "Plain resource, or the one behind a service item")
_described(choices.OrganisationStatus, "Whether an organisation takes part")
_described(choices.JobStatus, "How far a background job is")
_described(ItemOrder, "Orders of lists; identifiers grow with time")
_described(SearchOrder, "Orders of what can be searched; RELEVANCE, the best first, needs a search")
_described(NeedStatus, "State of a need: 点单, 议单, 派单, 办理中, 已清单, 评单, 撤单, 并单, 暂不能办")
_described(ResourceStatus, "Whether a resource can be used now")
_described(ProjectStatus, "How far a project is")
_described(ListStatus, "How far a list is on its way to publication, and whether it still stands")
_described(choices.ListKind, "Which of the three lists a document is: 资源清单, 需求清单, 项目清单")
_described(CollectionRoundStatus, "Whether a collection round still takes lists")
_described(ServiceItemStatus, "Whether a service item can be ordered")
_described(MatchStatus, "Whether a match is put before people")
_described(ClaimStatus, "How far a claim is: 待答复, 在办, 办完, 已评, 未接受, 退回, 到期")
_described(choices.ClaimSide, "Which side of a claim speaks")
_described(choices.ParticipantStatus, "Whether somebody asked to join a claim takes part")
_described(RuleVersionStatus, "Whether a rule version decides matches")
