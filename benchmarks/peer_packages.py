"""Installs the peers from npm, once, into a cache outside the repository."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

SOURCE: Final = Path(__file__).resolve().parent / "node_peers"
LOCK: Final = "package-lock.json"


def installed() -> Path:
    """Return a folder with the scripts and, as the lock file names them, their packages.

    Raises:
        RuntimeError: npm is not installed.
        subprocess.CalledProcessError: npm could not install them.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError("npm is not installed; without the peers from npm: --without-npm")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wujia-benchmarks"
    version = hashlib.sha256((SOURCE / LOCK).read_bytes()).hexdigest()[:16]
    folder = cache / version
    folder.mkdir(parents=True, exist_ok=True)
    for each in SOURCE.iterdir():
        shutil.copy(each, folder / each.name)
    if not (folder / "installed").exists():
        subprocess.run([npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder, check=True)
        (folder / "installed").touch()
    return folder
