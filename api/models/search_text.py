"""What is found of a row by searching."""

from tortoise import fields

from api.models.base import Row
from api.models.fields import PiecesField


class SearchText(Row):
    """The cut text of a row of any kind that is searched, under the row's own identifier.

    `title` has the pieces of its title, `words` all its words, both between spaces; `pieces` is what the index is
    over (`api.migrating`). `made_of` tells from which text, cut in which way.
    """

    title = fields.TextField()
    words = fields.TextField()
    pieces = PiecesField()
    made_of = fields.CharField(max_length=32)

    class Meta:
        table = "search_text"
