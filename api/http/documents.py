"""Parsed, measured and validated documents, remembered by their text."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSyntaxError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    get_operation_ast,
    parse,
    specified_rules,
)
from strawberry.extensions import SchemaExtension
from strawberry.schema import Schema
from strawberry.schema.schema import validate_document

from api.errors import DomainError, InvalidInput, LimitExceeded
from api.http.cost import REFUSED, points, sizes
from api.http.direct import Direct, direct_of
from api.http.limits import OPERATIONS, TOKENS, Exceeded, exceeded, measure
from api.http.nul import has_nul
from api.http.refusals import Code
from api.plan.selection import Selections

# Both bound the memory: a node of the tree weighs a hundred times its text.
REMEMBERED_DOCUMENTS: Final = 500
REMEMBERED_CHARACTERS: Final = 400_000
# For each document: by operation, and by what of the variables decides its size.
REMEMBERED_SIZES: Final = 64


class Weighed(NamedTuple):
    """What an operation costs, and the limit that its variables make it exceed."""

    points: int
    beyond: Exceeded | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document and what is wrong with it; `sizes` are the variables on which its size depends.

    `selections` is what its fields are known to select, `weighed` what its operations were found to cost, `direct`
    its operations by name.
    """

    document: DocumentNode | None
    errors: tuple[GraphQLError, ...] = ()
    sizes: tuple[str, ...] = ()
    weighed: dict[tuple[Any, ...], Weighed] = field(default_factory=dict)
    selections: Selections = field(default_factory=Selections)
    direct: dict[str | None, Direct] = field(default_factory=dict)


class Documents:
    """Prepares documents for one schema and remembers those that are valid.

    Keyed by the text, since the trees of graphql-core hash and compare by their whole content.
    """

    def __init__(self, schema: Schema, *, production: bool) -> None:
        """Take the schema; in production nobody may ask for it and nothing is suggested."""
        self.schema = schema
        self._core = schema._schema
        self._rules = specified_rules + ((NoSchemaIntrospectionCustomRule,) if production else ())
        self._known: OrderedDict[str, Prepared] = OrderedDict()
        self._characters = 0
        # The last that was refused: within one request it is asked for several times.
        self._refused: tuple[str, Prepared] | None = None
        # For tests: how many documents were prepared anew.
        self.prepared = 0
        # And how many operations were measured for their cost.
        self.measured = 0

    def prepare(self, text: str) -> Prepared:
        """Return the document of a text, or what is wrong with it."""
        known = self._known.get(text)
        if known is not None:
            self._known.move_to_end(text)
            return known
        if self._refused is not None and self._refused[0] == text:
            return self._refused[1]
        self.prepared += 1
        prepared = self._prepare(text)
        if prepared.errors:
            self._refused = text, prepared
        else:
            self._remember(text, prepared)
        return prepared

    def is_mutation(self, text: str, operation_name: str | None) -> bool:
        """Tell whether the operation that is executed writes."""
        return self.kind(text, operation_name) is OperationType.MUTATION

    def kind(self, text: str, operation_name: str | None) -> OperationType | None:
        """Return the kind of the operation that is meant, or None when none or more than one is."""
        document = self.prepare(text).document
        chosen = get_operation_ast(document, operation_name) if document else None
        return chosen.operation if chosen else None

    def direct(self, text: str, operation_name: str | None, variables: Mapping[str, Any]) -> Direct | None:
        """Return the operation that is meant, if it is a valid query that is not too large."""
        prepared = self.prepare(text)
        if prepared.errors or prepared.document is None:
            return None
        known = prepared.direct.get(operation_name)
        if known is None:
            known = direct_of(self._core, prepared.document, operation_name)
            if known is None:
                return None
            prepared.direct[operation_name] = known
        if not known.possible or self.weigh(prepared, operation_name, variables).beyond:
            return None
        return known

    def knows(self, text: str) -> bool:
        """Tell whether a document was found valid and is remembered."""
        return text in self._known

    def weigh(self, prepared: Prepared, operation_name: str | None, variables: Mapping[str, Any]) -> Weighed:
        """Return what the operation that is meant costs; it is measured once for all variables of the same sizes."""
        if prepared.document is None or prepared.errors:
            return Weighed(REFUSED)
        key = (operation_name, *sizes(prepared.sizes, variables))
        known = prepared.weighed.get(key)
        if known is None:
            if len(prepared.weighed) >= REMEMBERED_SIZES:
                prepared.weighed.clear()
            known = prepared.weighed[key] = self._weigh(prepared.document, operation_name, variables)
        return known

    def _weigh(self, document: DocumentNode, operation_name: str | None, variables: Mapping[str, Any]) -> Weighed:
        operation = get_operation_ast(document, operation_name)
        if operation is None:
            return Weighed(REFUSED)
        self.measured += 1
        found = measure(document, operation, self._core, variables)
        beyond = exceeded(found)
        return Weighed(REFUSED, beyond) if beyond else Weighed(points(found, operation))

    def _prepare(self, text: str) -> Prepared:
        try:
            document = parse(text, max_tokens=TOKENS)
        except GraphQLSyntaxError as error:
            # graphql-core has no type for this error, only its words.
            if f"more than {TOKENS} tokens" in error.message:
                return Prepared(None, (_limit_error(Exceeded("tokens", TOKENS)),))
            return Prepared(None, (coded(error, Code.PARSE_FAILED),))
        asked = list(operations(document))
        if len(asked) > OPERATIONS:
            return Prepared(document, (_limit_error(Exceeded("operations", OPERATIONS)),))
        varying: set[str] = set()
        for operation in asked:
            found = measure(document, operation, self._core, {})
            varying |= found.sizes
            beyond = exceeded(found)
            # Without its variables the number of nodes is a guess; it is measured with them later.
            if beyond and not (beyond.limit == "nodes" and found.sizes):
                return Prepared(document, (_limit_error(beyond),))
        if "\\u" in text and has_nul(document):
            return Prepared(document, (_told(InvalidInput("文字不能含有 NUL 字符", "A text must not contain NUL")),))
        errors = validate_document(self._core, document, self._rules)
        return Prepared(
            document, tuple(coded(error, Code.VALIDATION_FAILED) for error in errors), tuple(sorted(varying))
        )

    def _remember(self, text: str, prepared: Prepared) -> None:
        if len(text) > REMEMBERED_CHARACTERS // 10:
            return
        self._known[text] = prepared
        self._characters += len(text)
        while len(self._known) > REMEMBERED_DOCUMENTS or self._characters > REMEMBERED_CHARACTERS:
            forgotten, _ = self._known.popitem(last=False)
            self._characters -= len(forgotten)


class PreparedDocuments(SchemaExtension):
    """Hands Strawberry what `Documents` prepared, in place of its own parsing and validation."""

    def __init__(self, documents: Documents) -> None:
        """Take the documents of the schema that is being executed."""
        self._documents = documents

    def on_parse(self) -> Iterator[None]:
        """Parse, measure and validate, or remember having done so."""
        context = self.execution_context
        prepared = self._documents.prepare(context.query or "")
        if prepared.document is None:
            raise prepared.errors[0]
        context.graphql_document = prepared.document
        if len(list(operations(prepared.document))) > 1 and context._provided_operation_name is None:
            # Strawberry would take the first one.
            raise unknown_operation()
        self._prepared = prepared
        yield

    def on_validate(self) -> Iterator[None]:
        """Give the errors found; an empty list says that validation is done."""
        context = self.execution_context
        weighed = self._documents.weigh(self._prepared, context.operation_name, context.variables or {})
        context.pre_execution_errors = [_limit_error(weighed.beyond)] if weighed.beyond else list(self._prepared.errors)
        yield


def operations(document: DocumentNode) -> Iterator[OperationDefinitionNode]:
    """Yield the operations of a document."""
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            yield definition


def coded(error: GraphQLError, code: str, **more: Any) -> GraphQLError:
    """Return the error with its stable code."""
    error.extensions = {"code": code, **more}
    return error


def unknown_operation() -> GraphQLError:
    """Return the fault of a document in which no operation, or more than one, is meant."""
    message = "operationName must name one operation of the document"
    return coded(GraphQLError(message), Code.UNKNOWN_OPERATION)


def _limit_error(beyond: Exceeded) -> GraphQLError:
    fault = LimitExceeded(
        f"查询超出限制：{beyond.limit} 最多 {beyond.value}",
        f"The query exceeds a limit: {beyond.limit} is at most {beyond.value}",
    )
    return _told(fault, limit=beyond.limit, value=beyond.value)


def _told(fault: DomainError, **more: Any) -> GraphQLError:
    # The message is put into the caller's language when the answer is written.
    return coded(GraphQLError(fault.en, original_error=fault), fault.code, **more)
