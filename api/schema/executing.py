"""Execution of what is not compiled whole; finished values pass through it unwalked."""

from typing import Any

from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from api.plan.ready import Ready


class ReadyExecutor(StrawberryGraphQLCoreExecutionContext):
    """graphql-core's executor, which takes a `Ready` value as it is."""

    def complete_value(
        self, return_type: Any, field_details_list: Any, info: Any, path: Any, result: Any, position_context: Any
    ) -> Any:
        """Return the completed value."""
        if type(result) is Ready:
            return result.value
        return super().complete_value(return_type, field_details_list, info, path, result, position_context)
