"""The roles a person, an organisation's key or anybody can hold."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple


class Role(StrEnum):
    """Name a role; the value is what tables, policy rows and GraphQL carry."""

    # A member of an enum hashes in Python code by default, which would show in each decision.
    __hash__ = str.__hash__

    OWNER = "OWNER"
    RESIDENT = "RESIDENT"
    REGISTERED_HELPER = "REGISTERED_HELPER"
    TEAM_LEAD = "TEAM_LEAD"
    DELIBERATION_MEMBER = "DELIBERATION_MEMBER"
    OWNERS_COMMITTEE = "OWNERS_COMMITTEE"
    COMMITTEE_STAFF = "COMMITTEE_STAFF"
    COMMITTEE_ADMINISTRATOR = "COMMITTEE_ADMINISTRATOR"
    ADJUNCT_MEMBER = "ADJUNCT_MEMBER"
    PROPERTY_CLERK = "PROPERTY_CLERK"
    PROPERTY_MANAGER = "PROPERTY_MANAGER"
    UNIT_REPRESENTATIVE = "UNIT_REPRESENTATIVE"
    EXPERT = "EXPERT"
    GRID_WORKER = "GRID_WORKER"
    GRID_HEAD = "GRID_HEAD"
    BUILDING_HEAD = "BUILDING_HEAD"
    LANE_STEWARD = "LANE_STEWARD"
    COMMUNITY_COMMISSIONER = "COMMUNITY_COMMISSIONER"
    SUBDISTRICT_OFFICER = "SUBDISTRICT_OFFICER"
    DEPARTMENT_OFFICER = "DEPARTMENT_OFFICER"
    AUDITOR = "AUDITOR"
    SYSTEM_ADMINISTRATOR = "SYSTEM_ADMINISTRATOR"
    # Held by everybody, everywhere, signed in or not; it is never stored as a membership.
    ANONYMOUS = "ANONYMOUS"


# Who holds the first may all that the second may, at the same place and for the same organisation.
INCLUDES: Mapping[Role, tuple[Role, ...]] = MappingProxyType(
    {
        Role.OWNER: (Role.RESIDENT,),
        Role.OWNERS_COMMITTEE: (Role.UNIT_REPRESENTATIVE,),
        Role.PROPERTY_MANAGER: (Role.PROPERTY_CLERK, Role.UNIT_REPRESENTATIVE),
        Role.GRID_HEAD: (Role.GRID_WORKER,),
        Role.COMMUNITY_COMMISSIONER: (Role.DEPARTMENT_OFFICER,),
        Role.SUBDISTRICT_OFFICER: (Role.COMMUNITY_COMMISSIONER,),
        Role.COMMITTEE_STAFF: (Role.COMMUNITY_COMMISSIONER,),
        Role.COMMITTEE_ADMINISTRATOR: (Role.COMMITTEE_STAFF,),
        Role.AUDITOR: (Role.DEPARTMENT_OFFICER,),
    }
)

# A set of roles as one number, which is what decisions are remembered by.
ROLE_BITS: Mapping[Role, int] = MappingProxyType({role: 1 << number for number, role in enumerate(Role)})


def with_included(role: Role) -> tuple[Role, ...]:
    """Return the role and all that it includes, itself first."""
    found = [role]
    for each in found:
        found.extend(other for other in INCLUDES.get(each, ()) if other not in found)
    return tuple(found)


class Label(NamedTuple):
    """What people read, in Chinese and in English."""

    zh: str
    en: str


ROLE_LABELS: Mapping[Role, Label] = MappingProxyType(
    {
        Role.OWNER: Label("业主", "owner"),
        Role.RESIDENT: Label("居民", "resident"),
        Role.REGISTERED_HELPER: Label("报到人员", "registered helper"),
        Role.TEAM_LEAD: Label("志愿队队长", "team lead"),
        Role.DELIBERATION_MEMBER: Label("议事委员", "deliberation member"),
        Role.OWNERS_COMMITTEE: Label("业委会成员", "owners' committee member"),
        Role.COMMITTEE_STAFF: Label("社区工作者", "committee staff"),
        Role.COMMITTEE_ADMINISTRATOR: Label("社区管理员", "committee administrator"),
        Role.ADJUNCT_MEMBER: Label("兼职委员", "adjunct member"),
        Role.PROPERTY_CLERK: Label("物业(管家)办事员", "property firm clerk"),
        Role.PROPERTY_MANAGER: Label("物业(管家)项目经理", "property firm manager"),
        Role.UNIT_REPRESENTATIVE: Label("邻家单位代表", "unit representative"),
        Role.EXPERT: Label("专家", "expert"),
        Role.GRID_WORKER: Label("网格员", "grid worker"),
        Role.GRID_HEAD: Label("网格长", "grid head"),
        Role.BUILDING_HEAD: Label("楼门长", "building or entrance head"),
        Role.LANE_STEWARD: Label("小巷管家", "lane steward"),
        Role.COMMUNITY_COMMISSIONER: Label("社区专员", "community commissioner"),
        Role.SUBDISTRICT_OFFICER: Label("街道工作人员", "sub-district officer"),
        Role.DEPARTMENT_OFFICER: Label("部门工作人员", "department officer"),
        Role.AUDITOR: Label("审计员", "auditor"),
        Role.SYSTEM_ADMINISTRATOR: Label("系统管理员", "system administrator"),
        Role.ANONYMOUS: Label("任何人", "anyone"),
    }
)
