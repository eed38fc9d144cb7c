"""What arguments and members of enums mean, where they have no place of their own to say it.

Keyed by the names of the schema. `api.schema.describing` puts them there.
"""
