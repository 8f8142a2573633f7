"""The shapes of the files on names: words of trade, part numbers, servers, names that are refused.

They are of one make with the shapes of the law (:mod:`exportrules.model`), and compiled with them.
"""

from __future__ import annotations

from typing import Literal

from exportrules.law.shape import Shape


class Word(Shape):
    """Words that are written beside the name of a chip, in all their spellings.

    A `detail` must be true of the chip; `covers` are narrower details that it stands for as well (SXM: SXM4, SXM5). A
    `noise` word says nothing; a `general` one says so little that it does not vouch for a name of three characters. A
    `reseller` counts only where the maker is named too. A `system` word says that a machine is named and not its chip.
    """

    id: str
    kind: Literal["detail", "noise", "general", "reseller", "system"]
    written: tuple[str, ...]
    covers: tuple[str, ...] = ()


def ids_in(value: str) -> list[str]:
    """The ids in a value like "8 x nvidia-b200, 8 x amd-mi300x" or "nvidia-a2, nvidia-a16"."""
    return [part.rpartition(" x ")[2].strip() for part in value.split(",") if part.strip()]


class PartNumbers(Shape):
    """Part numbers and device ids as one source gives them: the id of a variant or family by number.

    Several ids joined by commas: the number does not tell them apart.
    """

    id: str
    source: str
    confidence: Literal["maker", "several shops", "device report", "single shop"]
    numbers: dict[str, str]
    note: str = ""


class Servers(Shape):
    """Machines by the name that their maker or cloud gives them, and the chips in them where a source says which.

    `*` in a name stands for any letters and digits. A value is like "8 x nvidia-h100-sxm5-80gb"; several, joined by
    commas, are the choices of a buyer; empty: not known here.
    """

    id: str
    what: str
    source: str
    holds: dict[str, str]
    note: str = ""


class Refused(Shape):
    """A name that is written for chips and does not say which: a driver's mask, an instruction set, a series.

    `means` are the variants or families that it could be, where that is known.
    """

    id: str
    written: tuple[str, ...]
    why: str
    source: str
    means: tuple[str, ...] = ()
