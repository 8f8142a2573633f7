"""Verify a receipt: same, moved (and by which file), altered, incomplete without its overlays, or unread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from exportrules.answer.determination import Determination
from exportrules.errors import ExportRulesError, RulesetError
from exportrules.files.load import is_overlay, ruleset_from, whole_digest
from exportrules.law.ruleset import Ruleset
from exportrules.study import canonical
from exportrules.study.moved import by_todays_names
from exportrules.study.receipt import DECISIVE, FORMAT, ask_again, engine, engine_digest, receipt, seal

#: The keys of a receipt and their types.
_SHAPE = {"format": str, "question": dict, "facts": dict, "answer": dict, "ruleset": dict, "engine": dict, "seal": str}

#: The beginning of the format in every version.
FAMILY = "exportrules receipt "

#: The directory of the instruments, one file each; the file of the edition; and the parts of a citation that come from
#: an instrument's file alone.
_INSTRUMENTS = "us-ear/instruments/"
_EDITION = "us-ear/ruleset.toml"
_CITED = ("title", "cite", "url", "evidence", "quote")

#: Tables on which every answer depends.
_COMMON = {"edition", "facts", "groups", "places", "exporters"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The result of verifying a receipt.

    `why` is one sentence. `changed` are the files of law that differ, `engine` the modules; `alone` are the
    files whose change alone moves the answer, `needed` those without whose change it would not have moved,
    and `used` those on which the answer rests, if no more can be found out. `also` are the parts of the
    answer that differ too, without deciding.
    """

    status: Literal["same", "moved", "altered", "incomplete", "unread"]
    why: str
    was: Mapping[str, Any] = field(default_factory=dict)
    now: Determination | None = None
    changed: tuple[str, ...] = ()
    engine: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    used: tuple[str, ...] = ()
    decisive: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def verify(
    text: bytes,
    law: Mapping[str, bytes],
    earlier: Mapping[str, bytes] | None = None,
    labels: tuple[str, str] = ("rulesets", "rulesets"),
) -> Verification:
    """Verify a receipt by asking its question again.

    `text` is the receipt, `law` the files of the ruleset to ask (:func:`exportrules.files.load.rule_texts`), `earlier`
    those of the receipt's own ruleset if available; `labels` are the names of their directories in messages. Raises
    RulesetError for invalid rule files.
    """
    try:
        body = canonical.read(text)
    except ValueError as error:
        if FAMILY.encode() not in text:
            return _unread("it is not JSON with integers only")
        return _altered(f"it is no longer a receipt: {error}")
    other = _other_format(body)
    if other:
        return _unread(other)
    broken = _broken(body)
    if broken:
        return _altered(broken, body)
    used = ruleset_from(law, labels[0])
    files = body["ruleset"]["files"]
    missing = tuple(sorted(name for name in files if is_overlay(name) and name not in used.files))
    if missing:
        why = "its overlay files are not here, so it cannot be asked again: give them with --overlay, in the same order"
        return Verification(status="incomplete", why=why, was=body, missing=missing)
    changed = tuple(sorted(n for n in {*files, *used.files} if files.get(n) != used.files.get(n)))
    modules = _changed_modules(body["engine"], engine())
    own = used if not changed else _own_rules(body, earlier, labels[1])
    why = "" if modules else _unlike(body, own) if own else _unlike_in_unchanged(body, used, changed)
    if why:
        return _altered(why, body)
    # the receipt is what its own rules produce, so a difference now is due to a change of law
    authentic = own is not None and not modules
    return _asked_again(body, used, changed, modules, authentic, _narrowing(body, law, earlier, changed))


#: A function from the present answer (None if the question can no longer be asked) to the files that moved it.
Narrow = Callable[[Mapping[str, Any] | None], dict[str, Any]]


def _own_rules(body: Mapping[str, Any], earlier: Mapping[str, bytes] | None, label: str) -> Ruleset | None:
    """The receipt's own ruleset, if available. Raises RulesetError if `earlier` is another one."""
    if earlier is None:
        return None
    own = ruleset_from(earlier, label)
    if own.digest != body["ruleset"]["sha256"]:
        raise RulesetError("--earlier", "this is not the ruleset of the receipt: its digest differs.")
    return own


def _unlike(body: Mapping[str, Any], own: Ruleset) -> str:
    """A message if a receipt differs from what its own rules and this engine produce; else ''."""
    try:
        again = receipt(ask_again(body["question"], own))
    except ExportRulesError as error:
        return f"its question cannot be asked: {error}"
    differing = canonical.differences(_unsealed(body), _unsealed(again))
    places = ", ".join(differing[:5]) + (f" and {len(differing) - 5} more" if len(differing) > 5 else "")
    return f"the same law and engine give something else at {places}" if differing else ""


def _unlike_in_unchanged(body: Mapping[str, Any], law: Ruleset, changed: tuple[str, ...]) -> str:
    """A message if a receipt differs in parts whose files are unchanged; else ''.

    Without the receipt's own rules only these can be compared: the edition, the citations of unchanged instruments
    and, if only instruments have changed, the facts.
    """
    try:
        again = receipt(ask_again(body["question"], law))
    except ExportRulesError:
        return ""
    differing = []
    if _EDITION in body["ruleset"]["files"] and _EDITION not in changed:
        differing += [
            f"ruleset.{name}"
            for name in ("edition", "verified_through")
            if body["ruleset"].get(name) != again["ruleset"][name]
        ]
    if all(name.startswith(_INSTRUMENTS) for name in changed):
        differing += [
            f"facts.{place}"
            for place in canonical.differences(body["facts"], again["facts"])
            if _has_fact(body["facts"], place) and _has_fact(again["facts"], place)
        ]
        cited = {c["provision"]: c for c in again["answer"]["citations"]}
        for number, was in enumerate(_cited(body)):
            name = was.get("provision")
            file = f"{_INSTRUMENTS}{str(name).partition('#')[0]}.toml"
            now = cited.get(name) if file in body["ruleset"]["files"] and file not in changed else None
            differing += [f"answer.citations[{number}].{k}" for k in _CITED if now and was.get(k) != now.get(k)]
    if not differing:
        return ""
    return f"the files that it comes from are the same, and give something else at {', '.join(differing[:5])}"


def _has_fact(facts: Any, place: str) -> bool:
    """True if the facts contain that of a path like 'a100.tpp.value': rules may begin or cease to test a fact."""
    variant, _, rest = place.partition(".")
    fact = rest.partition(".")[0]
    return isinstance(facts.get(variant), dict) and fact in facts[variant]


def _cited(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    citations = body["answer"].get("citations")
    return [c for c in citations if isinstance(c, dict)] if isinstance(citations, list) else []


def _asked_again(
    body: Mapping[str, Any],
    law: Ruleset,
    changed: tuple[str, ...],
    modules: tuple[str, ...],
    authentic: bool,
    narrow: Narrow,
) -> Verification:
    cause = _cause(body, changed, modules)
    try:
        now = ask_again(body["question"], law)
    except ExportRulesError as error:
        why = f"{cause}, and the question can no longer be asked: {str(error).rstrip('.')}"
        narrowed = narrow(None) if changed else {}
        return Verification(status="moved", why=why, was=body, changed=changed, engine=modules, **narrowed)
    if not changed and not modules:
        return Verification(
            status="same", why="the same law and the same engine give the same answer", was=body, now=now
        )
    again = receipt(now)
    differing = canonical.differences(_unsealed(body), _unsealed(again))
    decisive = tuple(name for name in DECISIVE if body["answer"].get(name) != again["answer"].get(name))
    fields_of_answer = {place.split(".")[1].split("[")[0] for place in differing if place.startswith("answer.")}
    facts = tuple(place.removeprefix("facts.") for place in differing if place.startswith("facts."))
    moved = "the answer moved with it" if authentic else f"the answer differs: for that reason, or {_DOUBT}"
    return Verification(
        status="moved" if decisive else "same",
        why=f"{cause}, and {moved if decisive else 'the answer is the same'}",
        was=body,
        now=now,
        changed=changed,
        engine=modules,
        decisive=decisive,
        also=tuple(sorted(fields_of_answer - set(decisive))),
        facts=facts,
        **(narrow(again["answer"]) if decisive and changed else {}),
    )


#: The other possible reason, which only the receipt's own rules and engine could exclude.
_DOUBT = "because the receipt was altered"


def _cause(body: Mapping[str, Any], changed: tuple[str, ...], modules: tuple[str, ...]) -> str:
    """The changes since the receipt was made, as a clause."""
    own = {name.partition("/")[0] for name in body["ruleset"]["files"]}
    foreign = {name for name in changed if is_overlay(name) and name.partition("/")[0] not in own}
    parts = [*(["the law data"] if set(changed) - foreign else []), *(["the engine"] if modules else [])]
    clauses = [f"{' and '.join(parts)} changed"] if parts else []
    clauses += ["an overlay was given that is not the receipt's"] if foreign else []
    return " and ".join(clauses)


def _altered(why: str, body: Any = None) -> Verification:
    return Verification(status="altered", why=why.rstrip("."), was=body if isinstance(body, dict) else {})


def _unread(why: str) -> Verification:
    return Verification(status="unread", why=why)


def _other_format(body: Any) -> str:
    """A message if the data is not a receipt of this format, whether altered or not; '' if it may be one."""
    if not isinstance(body, dict) or not {"format", "seal"} & set(body):
        return f"a receipt has the keys {', '.join(_SHAPE)}"
    stated = body.get("format")
    if isinstance(stated, str) and stated.startswith(FAMILY) and stated != FORMAT:
        return f"its format is {stated!r}, and this version reads {FORMAT!r}"
    return ""


def _broken(body: Any) -> str:
    """A message if the receipt is inconsistent in itself, which its maker cannot have written; else ''."""
    if not isinstance(body, dict) or set(body) != set(_SHAPE):
        return f"a receipt has the keys {', '.join(_SHAPE)}, and no others"
    for name, kind in _SHAPE.items():
        if not isinstance(body[name], kind):
            return f"{name} is not a {'text' if kind is str else 'table'}"
    if body["format"] != FORMAT:
        return f"its format is {body['format']!r}, and this version reads {FORMAT!r}"
    try:
        if body["seal"] != seal(body):
            return "its seal does not match its content"
    except ExportRulesError:
        return "a text in it is not valid Unicode"
    law, engine = body["ruleset"], body["engine"]
    for part in (law, engine):
        files = part.get("files")
        if not isinstance(files, dict) or not all(isinstance(value, str) for value in files.values()):
            return "the digests of its files are not a table of texts"
    if whole_digest(law["files"]) != law.get("sha256"):
        return "the digest of its ruleset does not match those of its files"
    if engine_digest(str(engine.get("version")), engine["files"]) != engine.get("sha256"):
        return "the digest of its engine does not match those of its modules"
    return ""


def _unsealed(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "seal"}


def _changed_modules(was: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    files, others = by_todays_names(was["files"]), now["files"]
    changed = sorted(name for name in {*files, *others} if files.get(name) != others.get(name))
    return tuple(changed) or (() if was["version"] == now["version"] else ("version",))


def _narrowing(
    body: Mapping[str, Any], law: Mapping[str, bytes], earlier: Mapping[str, bytes] | None, changed: tuple[str, ...]
) -> Narrow:
    """A function that finds the files that moved the answer: by trial if both rulesets are available, else by use."""

    def by_use(now: Mapping[str, Any] | None) -> dict[str, Any]:
        return {"used": tuple(name for name in changed if _is_used(name, law.get(name), body, now))}

    if earlier is None:
        return by_use

    def by_trial(now: Mapping[str, Any] | None) -> dict[str, Any]:
        was = _decision(earlier, body)  # by the present engine, so that a change of the engine is not blamed on a file
        is_now = None if now is None else _decisive(now)
        if was == is_now:
            return {}
        tried = {name: _decision(_with(earlier, law, name), body) for name in changed}
        alone = tuple(name for name, new in tried.items() if new != was and (new is None) == (is_now is None))
        if alone:
            return {"alone": alone}
        tried = {name: _decision(_with(law, earlier, name), body) for name in changed}
        needed = tuple(name for name, new in tried.items() if new is not None and new != is_now)
        return {"needed": needed or changed}

    return by_trial


def _with(base: Mapping[str, bytes], other: Mapping[str, bytes], name: str) -> dict[str, bytes]:
    """The files of one ruleset, with one of them replaced by that of the other (or removed if it has none)."""
    mixed = {n: text for n, text in base.items() if n != name}
    return {**mixed, name: other[name]} if name in other else mixed


def _decision(texts: Mapping[str, bytes], body: Mapping[str, Any]) -> dict[str, Any] | None:
    """The decisive answer of a ruleset to a receipt's question; None if the files cannot be read or asked together."""
    try:
        return _decisive(receipt(ask_again(body["question"], ruleset_from(texts, keep=False)))["answer"])
    except ExportRulesError:
        return None


def _decisive(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {name: answer.get(name) for name in DECISIVE}


def _is_used(name: str, text: bytes | None, body: Mapping[str, Any], now: Mapping[str, Any] | None) -> bool:
    """True if an answer rests on a file: its instrument, its chips, its parties, or a table common to all answers."""
    from exportrules.files.parse import read_file

    answers = [answer for answer in (body["answer"], now) if answer is not None]
    named = canonical.canonical(answers).decode("utf-8")
    if text is None:
        # the file is gone, so go by its name: an instrument's is its id, a chip's is vendor and id
        *_, directory, stem = ("", *name.removesuffix(".toml").split("/"))
        return f'"{stem}#' in named or f'"{directory}-{stem}' in named
    chips = {v for answer in answers for v in answer.get("variants", ())}
    chips |= {str(answer.get("transaction", {}).get("family")) for answer in answers}
    for table, key, value in read_file(name, text):
        if (
            table in _COMMON
            or (table == "instruments" and f'"{key}#' in named)
            or (table == "parties" and key in named)
        ):
            return True
        if table == "families" and (key in chips or any(v.id in chips for v in value.variant)):
            return True
    return False
