"""The secret key of a deployment: given in the environment, else made once beside the data."""

import os
from pathlib import Path
from typing import Final

from api.settings import Settings

KEY_FILE: Final = "secret.key"


def secret_of(settings: Settings) -> str:
    """Return the secret key; outside production one is made in the data directory when none is set."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    settings.data_directory.mkdir(parents=True, exist_ok=True)
    place = settings.data_directory / KEY_FILE
    if not place.exists():
        _make_key(place)
    return place.read_text(encoding="ascii").strip()


def _make_key(place: Path) -> None:
    # Written aside and linked, so that two processes that start together end with one whole key.
    aside = place.with_name(f"{place.name}.{os.getpid()}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(os.urandom(32).hex())
    try:
        os.link(aside, place)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
