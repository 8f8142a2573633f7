"""A log of questions: one JSON object a line, appended atomically, for a department that must show what it screened.

This is the only module that reads a clock: each line has the time of writing, in UTC. No answer depends on it.
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
    """The log to append to, which need not exist. Call this before answering the question.

    Raises QuestionError for a name that does not end in .jsonl, a link, a directory or a device.
    """
    target = Path(path)
    if target.suffix.lower() != SUFFIX:
        raise QuestionError(
            f"--log {os.fspath(path)!r} does not end in {SUFFIX}. Use this suffix: the log has one JSON object a line."
        )
    if target.is_symlink():
        raise QuestionError(f"{target} is a link, and links are not written through. Name the target of the link.")
    if target.exists() and not target.is_file():
        raise QuestionError(f"{target} is not a regular file, so no line can be added to it. Name another file.")
    return target


def log(path: str | os.PathLike[str], answer: Determination | Timeline, command: str) -> None:
    """Append one line with a question and its answer, and flush it to disk, before the answer is shown.

    Raises OutputError if the line cannot be written: an answer that must be logged is not given without its line.
    """
    target = ready(path)
    content = _of_day(answer) if isinstance(answer, Determination) else _of_days(answer)
    entry = {"asked_at": datetime.now(UTC).isoformat(timespec="seconds"), "command": command, **content}
    line = (json.dumps(entry, ensure_ascii=False) + "\n").encode("utf-8")
    try:
        _append(target, line)
    except OSError as error:
        raise OutputError(
            f"{target}: the log cannot be written: {error.strerror or error}. The question is not answered, since "
            "--log requires every answer to be logged."
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
    """The entry of a timeline: one question without a day, and its spans as the answer."""
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
    """Append the line in one write, under a lock."""
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
                    f"{target}: the log cannot be written: only part of a line was written, and it was removed."
                )
            os.fsync(number)
    finally:
        os.close(number)


def _is_a_log(target: Path, number: int, size: int) -> None:
    """Raise QuestionError if the file does not begin and end like lines of JSON objects."""
    os.lseek(number, 0, os.SEEK_SET)
    first = os.read(number, 1)
    os.lseek(number, size - 1, os.SEEK_SET)
    if first != b"{":
        raise QuestionError(
            f"{target} is not a log of questions: it does not begin with a JSON object. Name another file."
        )
    if os.read(number, 1) != b"\n":
        raise QuestionError(
            f"{target} ends in the middle of a line, so the next line could not be read. Repair its last line, or name "
            "another file."
        )


@contextlib.contextmanager
def _locked(number: int) -> Iterator[None]:
    """Lock the file between the check of its end and the write, if the system has locks."""
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
