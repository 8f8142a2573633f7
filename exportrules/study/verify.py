"""A receipt, verified: same, moved (and by which file), altered, not to be told without its overlays, or not read."""

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

#: The keys of a receipt and what each holds.
_SHAPE = {"format": str, "question": dict, "facts": dict, "answer": dict, "ruleset": dict, "engine": dict, "seal": str}

#: What the format of every version begins with.
FAMILY = "exportrules receipt "

#: Where instruments are, each in a file of its id; and what of a citation comes from there alone.
_INSTRUMENTS = "us-ear/instruments/"
_EDITION = "us-ear/ruleset.toml"
_CITED = ("title", "cite", "url", "evidence", "quote")

#: Tables that every answer leans on, and what they are called.
_COMMON = {"edition", "facts", "groups", "places", "exporters"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What became of a receipt.

    `why` is one sentence. `changed` are the files of law that differ, `engine` the modules; `alone` those
    whose change moves the answer by itself, `needed` those without whose change it would not have moved,
    `used` those that the answer rests on, where no more can be told. `told` are the parts of the answer
    that differ without deciding.
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
    told: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def verify(
    text: bytes,
    law: Mapping[str, bytes],
    earlier: Mapping[str, bytes] | None = None,
    labels: tuple[str, str] = ("rulesets", "rulesets"),
) -> Verification:
    """Ask the question of a receipt again.

    `text` is the receipt, `law` the files of the ruleset to ask (:func:`exportrules.files.load.rule_texts`), `earlier`
    those of the receipt's own ruleset where they are at hand; `labels` is what messages call their directories.
    Raises RulesetError for rule files that are bad.
    """
    try:
        kept = canonical.read(text)
    except ValueError as error:
        if FAMILY.encode() not in text:
            return _unread("it is not JSON with whole numbers")
        return _altered(f"it is no receipt any more: {error}")
    other = _other_format(kept)
    if other:
        return _unread(other)
    broken = _broken(kept)
    if broken:
        return _altered(broken, kept)
    used = ruleset_from(law, labels[0])
    files = kept["ruleset"]["files"]
    missing = tuple(sorted(name for name in files if is_overlay(name) and name not in used.files))
    if missing:
        said = (
            "its overlay files are not here, so it cannot be asked again: give them with --overlay, in the same order"
        )
        return Verification(status="incomplete", why=said, was=kept, missing=missing)
    changed = tuple(sorted(n for n in {*files, *used.files} if files.get(n) != used.files.get(n)))
    modules = _files_apart(kept["engine"], engine())
    own = used if not changed else _own_rules(kept, earlier, labels[1])
    why = "" if modules else _unlike(kept, own) if own else _apart_in_what_stayed(kept, used, changed)
    if why:
        return _altered(why, kept)
    # the receipt is as its own rules make it: what differs now was moved
    authentic = own is not None and not modules
    return _asked_again(kept, used, changed, modules, authentic, _narrowing(kept, law, earlier, changed))


#: From the answer given now (None where the question can no longer be asked) to the files that moved it.
Narrow = Callable[[Mapping[str, Any] | None], dict[str, Any]]


def _own_rules(kept: Mapping[str, Any], earlier: Mapping[str, bytes] | None, label: str) -> Ruleset | None:
    """The receipt's own rules, where they are at hand."""
    if earlier is None:
        return None
    own = ruleset_from(earlier, label)
    if own.digest != kept["ruleset"]["sha256"]:
        raise RulesetError("--earlier", "this is not the ruleset of the receipt: its digest is another.")
    return own


def _unlike(kept: Mapping[str, Any], own: Ruleset) -> str:
    """What a receipt says that its very rules and this very engine do not say; '' where it is what they make."""
    try:
        again = receipt(ask_again(kept["question"], own))
    except ExportRulesError as error:
        return f"its question cannot be asked: {error}"
    apart = canonical.differences(_body(kept), _body(again))
    places = ", ".join(apart[:5]) + (f" and {len(apart) - 5} more" if len(apart) > 5 else "")
    return f"the same law and engine give something else at {places}" if apart else ""


def _apart_in_what_stayed(kept: Mapping[str, Any], law: Ruleset, changed: tuple[str, ...]) -> str:
    """What a receipt says otherwise though the files that it comes from are the same; '' where nothing is found.

    Without the receipt's own rules this is all that can be held against it: the edition, what instruments that stayed
    are cited with, and, where instruments alone have changed, the facts.
    """
    try:
        again = receipt(ask_again(kept["question"], law))
    except ExportRulesError:
        return ""
    apart = []
    if _EDITION in kept["ruleset"]["files"] and _EDITION not in changed:
        apart += [
            f"ruleset.{name}"
            for name in ("edition", "verified_through")
            if kept["ruleset"].get(name) != again["ruleset"][name]
        ]
    if all(name.startswith(_INSTRUMENTS) for name in changed):
        apart += [
            f"facts.{place}"
            for place in canonical.differences(kept["facts"], again["facts"])
            if _stands_in(kept["facts"], place) and _stands_in(again["facts"], place)
        ]
        cited = {c["provision"]: c for c in again["answer"]["citations"]}
        for number, was in enumerate(_cited(kept)):
            name = was.get("provision")
            stayed = f"{_INSTRUMENTS}{str(name).partition('#')[0]}.toml"
            now = cited.get(name) if stayed in kept["ruleset"]["files"] and stayed not in changed else None
            apart += [f"answer.citations[{number}].{k}" for k in _CITED if now and was.get(k) != now.get(k)]
    return (
        f"the files that it comes from are the same, and give something else at {', '.join(apart[:5])}" if apart else ""
    )


def _stands_in(facts: Any, place: str) -> bool:
    """Whether a place like 'a100.tpp.value' is there: a fact that a rule newly asks for, or no more, is none."""
    variant, _, rest = place.partition(".")
    fact = rest.partition(".")[0]
    return isinstance(facts.get(variant), dict) and fact in facts[variant]


def _cited(kept: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = kept["answer"].get("citations")
    return [c for c in found if isinstance(c, dict)] if isinstance(found, list) else []


def _asked_again(
    kept: Mapping[str, Any],
    law: Ruleset,
    changed: tuple[str, ...],
    modules: tuple[str, ...],
    authentic: bool,
    narrow: Narrow,
) -> Verification:
    cause = _cause(kept, changed, modules)
    try:
        found = ask_again(kept["question"], law)
    except ExportRulesError as error:
        why = f"{cause}, and the question can no longer be asked: {str(error).rstrip('.')}"
        found_by = narrow(None) if changed else {}
        return Verification(status="moved", why=why, was=kept, changed=changed, engine=modules, **found_by)
    if not changed and not modules:
        return Verification(
            status="same", why="the same law and the same engine give the same answer", was=kept, now=found
        )
    again = receipt(found)
    apart = canonical.differences(_body(kept), _body(again))
    decisive = tuple(name for name in DECISIVE if kept["answer"].get(name) != again["answer"].get(name))
    told = sorted({place.split(".")[1].split("[")[0] for place in apart if place.startswith("answer.")} - set(decisive))
    facts = tuple(place.removeprefix("facts.") for place in apart if place.startswith("facts."))
    moved = "the answer moved with it" if authentic else f"the answer is another: by that, or {_DOUBT}"
    return Verification(
        status="moved" if decisive else "same",
        why=f"{cause}, and {moved if decisive else 'the answer is the same'}",
        was=kept,
        now=found,
        changed=changed,
        engine=modules,
        decisive=decisive,
        told=tuple(told),
        facts=facts,
        **(narrow(again["answer"]) if decisive and changed else {}),
    )


#: What cannot be told apart from a change of law without the receipt's own rules and engine.
_DOUBT = "because the receipt was altered"


def _cause(kept: Mapping[str, Any], changed: tuple[str, ...], modules: tuple[str, ...]) -> str:
    """What is not as it was when the receipt was made."""
    own = {name.partition("/")[0] for name in kept["ruleset"]["files"]}
    strange = {name for name in changed if is_overlay(name) and name.partition("/")[0] not in own}
    parts = [*(["the law data"] if set(changed) - strange else []), *(["the engine"] if modules else [])]
    said = [f"{' and '.join(parts)} changed"] if parts else []
    said += ["an overlay was given that is not the receipt's"] if strange else []
    return " and ".join(said)


def _altered(why: str, kept: Any = None) -> Verification:
    return Verification(status="altered", why=why.rstrip("."), was=kept if isinstance(kept, dict) else {})


def _unread(why: str) -> Verification:
    return Verification(status="unread", why=why)


def _other_format(kept: Any) -> str:
    """What it is where it is no receipt of this format, altered or not; '' where it may be one."""
    if not isinstance(kept, dict) or not {"format", "seal"} & set(kept):
        return f"a receipt has the keys {', '.join(_SHAPE)}"
    said = kept.get("format")
    if isinstance(said, str) and said.startswith(FAMILY) and said != FORMAT:
        return f"its format is {said!r}, and this version reads {FORMAT!r}"
    return ""


def _broken(kept: Any) -> str:
    """What a receipt says that its maker cannot have written; '' where nothing is wrong on its face."""
    if not isinstance(kept, dict) or set(kept) != set(_SHAPE):
        return f"a receipt has the keys {', '.join(_SHAPE)}, and no others"
    for name, kind in _SHAPE.items():
        if not isinstance(kept[name], kind):
            return f"{name} is no {'text' if kind is str else 'table'}"
    if kept["format"] != FORMAT:
        return f"its format is {kept['format']!r}, and this version reads {FORMAT!r}"
    try:
        if kept["seal"] != seal(kept):
            return "its seal does not fit what stands in it"
    except ExportRulesError:
        return "a text in it is no Unicode"
    law, engine = kept["ruleset"], kept["engine"]
    for part in (law, engine):
        files = part.get("files")
        if not isinstance(files, dict) or not all(isinstance(value, str) for value in files.values()):
            return "the digests of its files are no table of texts"
    if whole_digest(law["files"]) != law.get("sha256"):
        return "the digest of its ruleset does not follow from those of the files"
    if engine_digest(str(engine.get("version")), engine["files"]) != engine.get("sha256"):
        return "the digest of its engine does not follow from those of the modules"
    return ""


def _body(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in kept.items() if name != "seal"}


def _files_apart(was: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    files, others = by_todays_names(was["files"]), now["files"]
    found = sorted(name for name in {*files, *others} if files.get(name) != others.get(name))
    return tuple(found) or (() if was["version"] == now["version"] else ("version",))


def _narrowing(
    kept: Mapping[str, Any], law: Mapping[str, bytes], earlier: Mapping[str, bytes] | None, changed: tuple[str, ...]
) -> Narrow:
    """How to find the files that moved the answer: by trying each where both rulesets are at hand, else by use."""

    def by_use(now: Mapping[str, Any] | None) -> dict[str, Any]:
        return {"used": tuple(name for name in changed if _is_used(name, law.get(name), kept, now))}

    if earlier is None:
        return by_use

    def by_trial(now: Mapping[str, Any] | None) -> dict[str, Any]:
        was = _decision(earlier, kept)  # by the engine of today: what another engine moved is no file's doing
        is_now = None if now is None else _decisive(now)
        if was == is_now:
            return {}
        tried = {name: _decision(_with(earlier, law, name), kept) for name in changed}
        alone = tuple(name for name, found in tried.items() if found != was and (found is None) == (is_now is None))
        if alone:
            return {"alone": alone}
        tried = {name: _decision(_with(law, earlier, name), kept) for name in changed}
        needed = tuple(name for name, found in tried.items() if found is not None and found != is_now)
        return {"needed": needed or changed}

    return by_trial


def _with(base: Mapping[str, bytes], other: Mapping[str, bytes], name: str) -> dict[str, bytes]:
    """The files of one ruleset, one of them as the other has it (or has it not)."""
    mixed = {n: text for n, text in base.items() if n != name}
    return {**mixed, name: other[name]} if name in other else mixed


def _decision(texts: Mapping[str, bytes], kept: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a ruleset answers to the question of a receipt; None where such files cannot be read or asked together."""
    try:
        return _decisive(receipt(ask_again(kept["question"], ruleset_from(texts, keep=False)))["answer"])
    except ExportRulesError:
        return None


def _decisive(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {name: answer.get(name) for name in DECISIVE}


def _is_used(name: str, text: bytes | None, kept: Mapping[str, Any], now: Mapping[str, Any] | None) -> bool:
    """Whether an answer rests on a file: on its instrument, on its chips, or on tables that all answers lean on."""
    from exportrules.files.parse import read_file

    answers = [answer for answer in (kept["answer"], now) if answer is not None]
    named = canonical.canonical(answers).decode("utf-8")
    if text is None:
        # it is gone: by the names of this data, an instrument's file is its id, a chip's is vendor and id
        *_, folder, stem = ("", *name.removesuffix(".toml").split("/"))
        return f'"{stem}#' in named or f'"{folder}-{stem}' in named
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
