"""The manifest of trusted documents: each one operation with the fragments it spreads, known by its text's SHA-256.

Two common forms are read: Apollo's, and an object of identifiers and texts, as GraphQL Code Generator writes it.
Apollo's is written.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    parse,
    print_ast,
)

from api.plan.selection import reached

FORMAT: Final = "apollo-persisted-query-manifest"
PREFIX: Final = "sha256:"
SHIPPED: Final = Path(__file__).parents[1] / "documents"
"""Where the documents that come with the server lie, as files of operations and as their manifest."""
MANIFEST: Final = SHIPPED / "manifest.json"


@dataclass(eq=False)
class ManifestRefused(Exception):
    """A manifest, or a file of operations, cannot be used; told in both languages."""

    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.zh} / {self.en}"


@dataclass(frozen=True, slots=True)
class Operation:
    """A named operation and the text of its document."""

    name: str
    kind: str
    text: str


def identifier(text: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_manifest(file: Path) -> list[str]:
    """Return the texts of a manifest.

    Raises:
        ManifestRefused: it is no manifest, or a text is not the one that its identifier names.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise ManifestRefused(f"{file} 读不出来:{fault}", f"{file} cannot be read: {fault}") from None
    texts = []
    for given, text in _entries(content, file):
        if given.removeprefix(PREFIX) != identifier(text):
            raise ManifestRefused(
                f"{file}:{given} 不是其文本的 SHA-256", f"{file}: {given} is not the SHA-256 of its text"
            )
        texts.append(text)
    return texts


def _entries(content: Any, file: Path) -> Iterator[tuple[str, str]]:
    if isinstance(content, dict) and content.get("format") == FORMAT:
        content = {each.get("id"): each.get("body") for each in content.get("operations", ())}
    if not isinstance(content, dict):
        raise ManifestRefused(f"{file} 不是清单", f"{file} is no manifest")
    for given, text in content.items():
        if not isinstance(given, str) or not isinstance(text, str):
            raise ManifestRefused(f"{file} 里有的条目没有编号或文本", f"{file} has an entry without identifier or text")
        yield given, text


def operations_of(files: Iterable[Path]) -> list[Operation]:
    """Return the operations of files, each as a document of its own, by name.

    What an operation said formerly may stay in another file: programs go on asking for it.

    Raises:
        ManifestRefused: a file is no GraphQL, or an operation has no name or one that another of its file has.
    """
    found: list[Operation] = []
    for file in sorted(files):
        try:
            document = parse(file.read_text(encoding="utf-8"))
        except (OSError, ValueError, GraphQLSyntaxError) as fault:
            raise ManifestRefused(f"{file} 读不出来:{fault}", f"{file} cannot be read: {fault}") from None
        operations = {}
        for operation in _separated(document, file):
            if operation.name in operations:
                raise ManifestRefused(
                    f"{file}:名为 {operation.name} 的操作已有", f"{file}: another operation is named {operation.name}"
                )
            operations[operation.name] = operation
        found += operations.values()
    return sorted(found, key=lambda each: (each.name, each.text))


def manifest_of(operations: Iterable[Operation]) -> str:
    """Return the manifest of operations, as it is committed."""
    told = [
        {"id": identifier(each.text), "name": each.name, "type": each.kind, "body": each.text} for each in operations
    ]
    return json.dumps({"format": FORMAT, "version": 1, "operations": told}, ensure_ascii=False, indent=2) + "\n"


def _separated(document: DocumentNode, file: Path) -> Iterator[Operation]:
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    for operation in document.definitions:
        if not isinstance(operation, OperationDefinitionNode):
            continue
        if operation.name is None:
            raise ManifestRefused(f"{file}:有的操作没有名称", f"{file}: an operation has no name")
        spread = reached((operation,), fragments).fragments
        whole = DocumentNode(definitions=(operation, *(fragments[name] for name in fragments if name in spread)))
        yield Operation(operation.name.value, operation.operation.value, print_ast(whole))
