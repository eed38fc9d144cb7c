"""The child process that decides: ``python -m rules.worker MEMORY_MB SECONDS``.

It reads frames from its standard input and answers on its standard output. It limits
its own memory, and an alarm ends it should nobody be left to kill it. Only ``rules``
and durable_rules are loaded here; no database, no settings, no network.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from functools import lru_cache
from typing import Any, BinaryIO

from rules.atoms import TooComplex
from rules.compiler import CompiledVersion, compile_document
from rules.deciding import decide_compiled
from rules.encoder_values import EncodingRefused
from rules.engine import Engine, EngineFault
from rules.facts import Batch
from rules.frames import FrameTooLarge, pack, read_frame
from rules.language import parse
from rules.problems import DocumentProblems, errors
from rules.validation import check

FAULT_VARIABLE = "WUJIA_WORKER_FAULT"
"""For tests: how to misbehave on a batch whose first demand is called "fault"."""


def main() -> None:
    """Serve until the other side closes."""
    memory_mb, seconds = int(sys.argv[1]), float(sys.argv[2])
    limit = memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = _take_over_output()
    questions = sys.stdin.buffer
    engine = Engine()
    _send(answers, {"ready": os.getpid()})
    while (question := read_frame(questions)) is not None:
        # The default action of the alarm ends the process even inside the C library.
        signal.setitimer(signal.ITIMER_REAL, 2 * seconds + 1)
        answer = _answer(question, engine)
        signal.setitimer(signal.ITIMER_REAL, 0)
        _send(answers, answer)
        if "fault" in answer:
            sys.exit(1)


def _take_over_output() -> BinaryIO:
    """Keep the answers' pipe for frames alone: whatever else is printed goes to stderr."""
    own = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(own, "wb")


def _send(answers: BinaryIO, message: object) -> None:
    answers.write(pack(message))
    answers.flush()


def _answer(question: dict[str, Any], engine: Engine) -> dict[str, Any]:
    try:
        version = _compiled(question["document"])
        batch = Batch.from_json(question["batch"])
        if FAULT_VARIABLE in os.environ and batch.demands and batch.demands[0].id == "fault":
            _misbehave(os.environ[FAULT_VARIABLE])
        answer = {"decision": decide_compiled(version, batch, engine).to_json()}
        pack(answer)
        return answer
    except DocumentProblems as refusal:
        return {"problems": [problem.to_json() for problem in refusal.problems]}
    except TooComplex as refusal:
        return {"complex": [refusal.code, refusal.zh, refusal.en]}
    except EncodingRefused as refusal:
        return {"refused": [refusal.path, refusal.zh, refusal.en]}
    except (KeyError, TypeError, ValueError, AttributeError, FrameTooLarge) as error:
        return {"malformed": f"{type(error).__name__}: {error}"[:500]}
    except (EngineFault, MemoryError) as error:
        return {"fault": f"{type(error).__name__}: {error}"[:500]}


@lru_cache(maxsize=32)
def _compiled(text: str) -> CompiledVersion:
    """Check and compile a document once per version."""
    raw = json.loads(text)
    problems = errors(check(raw))
    if problems:
        raise DocumentProblems(problems)
    return compile_document(parse(raw))


def _misbehave(how: str) -> None:
    match how:
        case "hang":
            while True:
                pass
        case "abort":
            os.abort()
        case "segv":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "memory":
            held = [bytes(1024 * 1024) for _ in range(4096)]
            raise MemoryError(len(held))
        case "fault":
            raise EngineFault("asked for by a test")
        case "garbage":
            os.write(1, b"this goes to stderr and harms nobody")


if __name__ == "__main__":
    main()
