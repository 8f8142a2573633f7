"""A log of questions asked: one JSON object a line, appended whole, for a department that must show what it screened.

This is the one place that reads a clock: a line says when it was written, in UTC. No answer rests on it.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import exportrules
from exportrules.answer.determination import Determination
from exportrules.answer.timeline import Timeline
from exportrules.answer.trace import plain
from exportrules.errors import OutputError, QuestionError
from exportrules.law.ruleset import Ruleset
from exportrules.study.receipt import question_of

SUFFIX = ".jsonl"


def ready(path: str | os.PathLike[str]) -> Path:
    """The log to append to, which need not exist. Ask before the question is answered.

    Raises QuestionError for a name that does not end in .jsonl, a link, a folder, a device, or a file that is no log.
    """
    target = Path(path)
    if target.suffix.lower() != SUFFIX:
        raise QuestionError(
            f"--log {os.fspath(path)!r} does not end in {SUFFIX}. Name the file so: one JSON object a line."
        )
    if target.is_symlink():
        raise QuestionError(f"{target} is a link, and links are not written through. Name the file that is meant.")
    if target.exists() and not target.is_file():
        raise QuestionError(f"{target} is not a regular file, so no line can be added to it. Name another file.")
    return target


def log(path: str | os.PathLike[str], asked: Determination | Timeline, command: str) -> None:
    """Append one line on a question and its answer, and bring it to the disk, before anybody is told the answer.

    Raises OutputError where the line cannot be written: an answer that must be logged is not given without its line.
    """
    target = ready(path)
    told = _of_day(asked) if isinstance(asked, Determination) else _of_days(asked)
    entry = {"asked_at": datetime.now(UTC).isoformat(timespec="seconds"), "command": command, **told}
    line = (json.dumps(entry, ensure_ascii=False) + "\n").encode("utf-8")
    try:
        _append(target, line)
    except OSError as error:
        raise OutputError(
            f"{target}: the log cannot be written: {error.strerror or error}. The question is not answered, since "
            "--log asks that every answer be in it."
        ) from None


def _of_day(d: Determination) -> dict[str, Any]:
    return {
        "question": question_of(d),
        "outcome": d.outcome,
        "review_policy": d.review_policy,
        "standing": d.standing,
        "turns_on": d.turns_on,
        "requirements": d.requirements,
        **_law(d.timeline.ruleset),
    }


def _of_days(timeline: Timeline) -> dict[str, Any]:
    """A timeline is one question without a day; its answers are the spans."""
    question = question_of(Determination(timeline, timeline.ruleset.edition.verified_through))
    question.pop("on")
    spans = [
        plain([span.start, span.last, span.answer.outcome, span.answer.review_policy, span.answer.standing])
        for span in timeline.spans
    ]
    return {"question": question, "spans": spans, **_law(timeline.ruleset)}


def _law(law: Ruleset) -> dict[str, str]:
    return {
        "edition": law.edition.edition,
        "verified_through": law.edition.verified_through.isoformat(),
        "sha256": law.digest,
        "version": exportrules.__version__,
    }


def _append(target: Path, line: bytes) -> None:
    """The line at the end of the file in one write, no other process's in between."""
    number = os.open(target, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
    try:
        with _locked(number):
            size = os.fstat(number).st_size
            if size:
                _is_a_log(target, number, size)
            written = os.write(number, line)
            if written != len(line):
                os.ftruncate(number, size)
                raise OutputError(
                    f"{target}: the log cannot be written: the disk took a part of a line, which was undone."
                )
            os.fsync(number)
    finally:
        os.close(number)


def _is_a_log(target: Path, number: int, size: int) -> None:
    """Refuses a file that begins or ends otherwise than lines of JSON objects do."""
    os.lseek(number, 0, os.SEEK_SET)
    first = os.read(number, 1)
    os.lseek(number, size - 1, os.SEEK_SET)
    if first != b"{":
        raise QuestionError(
            f"{target} is not a log of questions: it does not begin with a JSON object. Name another file."
        )
    if os.read(number, 1) != b"\n":
        raise QuestionError(
            f"{target} ends in the middle of a line, so that the next would not be read. Mend its last line, or name "
            "another file."
        )


@contextlib.contextmanager
def _locked(number: int) -> Iterator[None]:
    """No other process between the look at the end and the write, where the system has locks."""
    try:
        import fcntl
    except ImportError:  # Windows: the append itself is one call
        yield
        return
    fcntl.flock(number, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(number, fcntl.LOCK_UN)
