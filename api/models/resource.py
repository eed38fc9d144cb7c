"""Resources."""

from tortoise import fields

from api.models.choices import PriceClass, ResourceKind
from api.models.item import Item
from api.models.need import ITEM_INDEXES
from api.state_machines.resource import ResourceStatus


class Resource(Item):
    """资源. A service item owns one too, so that what a match points to never changes its type."""

    kind = fields.CharEnumField(ResourceKind, max_length=16)
    quantity = fields.FloatField(null=True)
    unit = fields.CharField(max_length=20, null=True)
    price_class = fields.CharEnumField(PriceClass, max_length=16, null=True)
    price_fen = fields.BigIntField(null=True)
    price_unit = fields.CharField(max_length=20, null=True)
    response_minutes = fields.IntField(null=True)
    at_home = fields.BooleanField(null=True)
    status = fields.CharEnumField(ResourceStatus, max_length=16)

    class Meta:
        table = "resource"
        indexes = ITEM_INDEXES
