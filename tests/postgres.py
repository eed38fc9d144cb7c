"""A PostgreSQL cluster of the tests' own: temporary, on loopback, never run as root."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

OWNER = "wujia"
UNPRIVILEGED = "nobody"
START_SECONDS = 60.0

# The server lives as long as the pipe on the shell's standard input: it stops and its files go even
# when the test process is killed and can clean up nothing.
KEEPER = """
"$1/postgres" -D "$2/data" -p "$3" -k "$2" -h 127.0.0.1 \\
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off \\
    -c max_connections=40 -c shared_buffers=32MB >"$2/log" 2>&1 &
read -r _
kill -INT $!
wait $!
rm -rf "$2"
"""

EMPTY = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();
SET client_min_messages = warning;
SET session_replication_role = replica;
DROP SCHEMA IF EXISTS dbos CASCADE;
DO $$ DECLARE name text; BEGIN
    IF NOT EXISTS (SELECT 1 FROM tortoise_migrations) THEN RAISE EXCEPTION 'a test took the migrations away'; END IF;
    FOR name IN SELECT tablename FROM pg_tables
        WHERE schemaname = 'public' AND tablename NOT IN ('tortoise_migrations', 'authority')
    LOOP EXECUTE format('DELETE FROM %I', name); END LOOP;
END $$;
"""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server and the folder of its programs."""

    programs: Path
    port: int

    def url(self, name: str) -> str:
        """Return the URL of the database `name`."""
        return f"postgres://{OWNER}@127.0.0.1:{self.port}/{name}"

    def create(self, name: str, template: str = "template0") -> None:
        """Create the database `name` as a copy of `template`, to which nobody may be connected."""
        self._run("createdb", "--template", template, name)

    def drop(self, name: str) -> None:
        """Drop the database `name`, whoever is still connected."""
        self._run("dropdb", "--force", name)

    def empty(self, name: str) -> bool:
        """Delete all rows of a migrated database, whoever is still connected, and what background work keeps.

        Return False when a test left it as something that cannot be used again.
        """
        quiet = ("--quiet", "--no-psqlrc", "--output", os.devnull)
        return self._run("psql", *quiet, "--dbname", name, "--command", EMPTY, check=False) == 0

    def ready(self) -> bool:
        """Tell whether the server answers."""
        return self._run("pg_isready", "--quiet", "--dbname", "postgres", check=False) == 0

    def _run(self, program: str, *arguments: str, check: bool = True) -> int:
        address = ["--host", "127.0.0.1", "--port", str(self.port), "--username", OWNER]
        return subprocess.run([self.programs / program, *address, *arguments], check=check).returncode


def programs() -> Path | None:
    """Return the folder of the newest installed server's programs, or None without a server."""
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    if configured := shutil.which("pg_config"):
        answer = subprocess.run([configured, "--bindir"], capture_output=True, text=True, check=True)
        candidates.append(Path(answer.stdout.strip()))
    if found := shutil.which("initdb"):
        candidates.append(Path(found).resolve().parent)
    return next((place for place in candidates if (place / "initdb").exists()), None)


def _version(place: Path) -> float:
    name = place.parent.name
    return float(name) if name.replace(".", "", 1).isdigit() else 0.0


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """Start a new, empty cluster and stop and remove it at the end.

    Raises:
        RuntimeError: when no server is installed or it does not start; with its log.
    """
    place = programs()
    if place is None:
        raise RuntimeError("PostgreSQL is not installed (Debian: postgresql-15)")
    user = UNPRIVILEGED if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="wujia-postgres-"))
    if user is not None:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    try:
        _initialise(place, folder, user)
        cluster = Cluster(programs=place, port=free_port())
        keeper = subprocess.Popen(
            ["/bin/sh", "-c", KEEPER, "keeper", place, folder, str(cluster.port)],
            stdin=subprocess.PIPE,
            cwd=folder,
            user=user,
            start_new_session=True,  # Ctrl-C is for the tests; the server goes after them.
        )
        try:
            _await_start(cluster, folder / "log")
            yield cluster
        finally:
            keeper.communicate()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _initialise(place: Path, folder: Path, user: str | None) -> None:
    command = [str(place / "initdb"), "--pgdata", str(folder / "data"), "--username", OWNER]
    options = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    done = subprocess.run([*command, *options], cwd=folder, user=user, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"initdb failed:\n{done.stdout}{done.stderr}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await_start(cluster: Cluster, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not cluster.ready():
        if time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}")
        time.sleep(0.05)
