"""Trusted documents: known beforehand, prepared at start, kept for good, and asked for by identifier.

"GraphQL over HTTP", appendix A. Nobody registers a document by asking.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from strawberry.schema import Schema

from api.http.documents import Documents, Prepared, operations
from api.http.manifest import PREFIX, ManifestRefused, identifier
from api.http.refusals import Code, Refusal

DOCUMENT_ID: Final = "documentId"
_APOLLO: Final = ("extensions", "persistedQuery", "sha256Hash")
_HASH: Final = re.compile(r"[0-9a-f]{64}")


class TrustedDocuments(Documents):
    """Documents of a schema, some of them trusted; with `only`, no other is executed."""

    def __init__(self, schema: Schema, texts: Iterable[str], *, production: bool, only: bool) -> None:
        """Prepare the trusted ones.

        Raises:
            ManifestRefused: one of them does not fit the schema or exceeds a limit.
        """
        super().__init__(schema, production=production)
        self._only = only
        self._pinned: dict[str, Prepared] = {}
        self._texts: dict[str, str] = {}
        for text in texts:
            self._pinned[text] = self._trusted(text)
            self._texts[identifier(text)] = text

    def prepare(self, text: str) -> Prepared:
        """Return the document of a text, or what is wrong with it."""
        return self._pinned.get(text) or super().prepare(text)

    def knows(self, text: str) -> bool:
        """Tell whether a document was found valid and is remembered."""
        return text in self._pinned or super().knows(text)

    def text_of(self, query: str | None, document_id: str | None, extensions: Mapping[str, Any] | None) -> str:
        """Return the text of what is asked: `query`, or the trusted document that is named in its place.

        Raises:
            Refusal: 400 when nothing or two things are asked, 404 for an unknown document, and 403 for a text that
                is not trusted where only those are.
        """
        apollo = _hash(extensions)
        if document_id:
            if query:
                raise _wrong("query 与 documentId 只能给一个", "Give either query or documentId, not both", DOCUMENT_ID)
            return self._named(document_id.removeprefix(PREFIX) if document_id.startswith(PREFIX) else "")
        if apollo is not None and not query:
            return self._named(apollo, Code.PERSISTED_QUERY_NOT_FOUND)
        if not query:
            raise _wrong("缺少 query", "query is missing", "query")
        if apollo is not None and apollo != identifier(query):
            raise _wrong("sha256Hash 不是 query 的 SHA-256", "sha256Hash is not the SHA-256 of query", *_APOLLO)
        if self._only and query not in self._pinned:
            zh, en = "本服务只执行清单里的查询文档", "Only trusted documents are executed here"
            raise Refusal(403, Code.DOCUMENT_NOT_TRUSTED, zh, en)
        return query

    def _named(self, wanted: str, code: Code = Code.DOCUMENT_NOT_FOUND) -> str:
        text = self._texts.get(wanted)
        if text is None:
            raise Refusal(404, code, "清单里没有这份查询文档", "No trusted document has this identifier")
        return text

    def _trusted(self, text: str) -> Prepared:
        prepared = self._prepare(text)
        if prepared.errors or prepared.document is None:
            raise _refused(text, prepared.errors[0].message)
        for operation in operations(prepared.document):
            self.weigh(prepared, operation.name.value if operation.name else None, {})
        return prepared


def _hash(extensions: Mapping[str, Any] | None) -> str | None:
    """Return what Apollo's clients send for a document they think known; None when they do not."""
    given = (extensions or {}).get("persistedQuery")
    if given is None:
        return None
    wanted = given.get("sha256Hash") if isinstance(given, dict) else None
    if not isinstance(wanted, str) or not _HASH.fullmatch(wanted):
        raise _wrong("sha256Hash 须为 64 位小写十六进制", "sha256Hash must be 64 small hexadecimal digits", *_APOLLO)
    return wanted


def _refused(text: str, why: str) -> ManifestRefused:
    named = text.partition("{")[0].strip()
    return ManifestRefused(f"清单里的 {named} 不能用:{why}", f"{named} of the manifest cannot be used: {why}")


def _wrong(zh: str, en: str, *path: str) -> Refusal:
    return Refusal(400, Code.BAD_REQUEST, zh, en, extensions={"path": list(path)})
