"""The nearest numbers at which an answer would change ("flips"), as text and as rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from exportrules.answer.determination import Determination
from exportrules.answer.words import decision, fact_name, listed
from exportrules.law.model import Number
from exportrules.question.values import show
from exportrules.render.safe import safe
from exportrules.render.text import deal, footer, wrapped

if TYPE_CHECKING:
    from exportrules.study.flips import Flip


def flips_text(d: Determination, flips: Sequence[Flip]) -> str:
    """The answer, then every number whose change would alter it; variants with the same flip are together."""
    answer = d.projection if d.projection and d.standing == "beyond_horizon" else d
    aside = " (projected beyond the verified horizon)" if answer is not d else ""
    lines = [f"{deal(d)[:-1]}: {decision(answer.outcome, answer.review_policy)}{aside}.", ""]
    alike: dict[tuple[Any, ...], list[str]] = {}
    for flip in flips:
        alike.setdefault(flip[1:], []).append(flip.subject)
    for parts, subjects in alike.items():
        lines += [*_flip(flips[0]._replace(**dict(zip(flips[0]._fields[1:], parts, strict=True))), subjects, d), ""]
    if not flips:
        lines += ["No single known number would alter this answer.", ""]
    lines += wrapped(
        "One number is changed at a time. Figures derived from it change with it (density from TPP and die area); "
        "everything else stays as it is.",
        0,
    )
    return "\n".join([*lines, "", footer(d.timeline.ruleset)])


def _flip(flip: Flip, subjects: Sequence[str], d: Determination) -> Iterator[str]:
    facts = d.timeline.ruleset.facts
    unit = f" {facts[flip.fact].unit}" if facts[flip.fact].unit else ""
    whose = f" ({listed(map(safe, subjects))})" if len(d.variants) > 1 else ""
    yield f"{fact_name(d.timeline.ruleset, flip.fact)} {show(flip.now)}{unit}{whose}"
    about = "" if flip.exact else "about "
    yield (
        f"    at {about}{_line(flip)} ({distance(flip)}):"
        if flip.reach != "settled as"
        else (f"    settled as {show(flip.line)}, of the readings that are in dispute:")
    )
    yield f"    {decision(flip.outcome, flip.review_policy)}"
    for name in flip.by:
        yield from wrapped(f"by {name}: {d.timeline.ruleset.provision(name)[0].title}", 8)
    for name, was, now in flip.follows:
        yield from wrapped(f"with it: {fact_name(d.timeline.ruleset, name)} {show(was)} becomes {show(now)}", 8)


def _line(flip: Flip) -> str:
    return {
        "at least": f"{show(flip.line)} or more",
        "more than": f"more than {show(flip.line)}",
        "at most": f"{show(flip.line)} or less",
        "less than": f"less than {show(flip.line)}",
    }[flip.reach]


def distance(flip: Flip) -> str:
    """The distance to the line, in the number's own unit and in percent of its present value."""
    apart = Decimal(flip.line) - Decimal(flip.now)
    share = f", {abs(apart) / Decimal(flip.now) * 100:.1f} %" if flip.now else ""
    return f"{show(abs(apart))} {'more' if apart > 0 else 'less'}{share}" if apart else "exactly there"


def flip_rows(flips: Sequence[Flip]) -> list[dict[str, Any]]:
    """One row per flip; numbers keep their exact digits, except that a long quotient is rounded to six decimals."""
    return [
        {
            "chip": f.subject,
            "fact": f.fact,
            "now": _digits(f.now),
            "flips": f.reach,
            "line": _digits(f.line),
            "computed_at": _digits(f.value),
            "not_yet_at": _digits(f.before),
            "outcome": f.outcome,
            "review_policy": f.review_policy or "",
            "by": " ".join(f.by),
            "follows": " ".join(f"{name}={_digits(now)}" for name, _, now in f.follows),
        }
        for f in flips
    ]


def _digits(value: Number) -> str:
    """A number as data. One of more than twenty digits is a truncated quotient, since no source states so many."""
    if not isinstance(value, Decimal):
        return str(value)
    return format(value if len(value.as_tuple().digits) <= 20 else round(value, 6), "f")
