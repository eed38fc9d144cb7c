"""`wujia documents`: the manifest of trusted documents, made of files of operations."""

import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from api.http.manifest import SHIPPED, ManifestRefused, manifest_of, operations_of
from api.http.trusted import TrustedDocuments
from api.schema.root import build_schema
from wujia.work import console


def print_manifest(files: Sequence[Path]) -> None:
    """Print the manifest of files, or of those that come with the server, if each document can be trusted."""
    try:
        operations = operations_of(files or SHIPPED.glob("*.graphql"))
        TrustedDocuments(build_schema(), [each.text for each in operations], production=True, only=False)
    except ManifestRefused as fault:
        console.print(str(fault), style="red", highlight=False, markup=False)
        raise typer.Exit(1) from None
    sys.stdout.write(manifest_of(operations))
