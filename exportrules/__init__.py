"""exportrules: was this AI chip exportable on that day? Dated, cited US export rules, computed.

>>> from datetime import date
>>> import exportrules
>>> exportrules.check("A100", on=date(2022, 9, 15)).outcome
'license_required'
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exportrules.answer.determination import Determination, check, timeline
    from exportrules.answer.matrix import Matrix, MatrixRow, matrix
    from exportrules.answer.timeline import Timeline
    from exportrules.errors import (
        ExportRulesError,
        LedgerError,
        OutputError,
        QuestionError,
        RulesetError,
        UnknownNameError,
    )
    from exportrules.files.load import catalogue, default_ruleset, load_chip, load_ruleset
    from exportrules.law.model import Bounds
    from exportrules.law.model import Variant as Chip
    from exportrules.law.ruleset import Ruleset
    from exportrules.ledger import audit
    from exportrules.question.catalogue import ChipRow, Figure

__version__ = "0.1.0"

__all__ = [
    "Bounds",
    "Chip",
    "ChipRow",
    "Determination",
    "ExportRulesError",
    "Figure",
    "LedgerError",
    "Matrix",
    "MatrixRow",
    "OutputError",
    "QuestionError",
    "Ruleset",
    "RulesetError",
    "Timeline",
    "UnknownNameError",
    "__version__",
    "audit",
    "catalogue",
    "check",
    "default_ruleset",
    "load_chip",
    "load_ruleset",
    "matrix",
    "timeline",
]

#: The modules of the public names. A name is imported on first use: a command needs few of them.
_MODULES = {
    "answer.determination": ("Determination", "check", "timeline"),
    "answer.matrix": ("Matrix", "MatrixRow", "matrix"),
    "answer.timeline": ("Timeline",),
    "errors": (
        "ExportRulesError", "LedgerError", "OutputError", "QuestionError", "RulesetError", "UnknownNameError",
    ),
    "files.load": ("catalogue", "default_ruleset", "load_chip", "load_ruleset"),
    "law.model": ("Bounds", "Chip"),
    "law.ruleset": ("Ruleset",),
    "ledger": ("audit",),
    "question.catalogue": ("ChipRow", "Figure"),
}  # fmt: skip


if not TYPE_CHECKING:  # or type checkers would accept any name

    def __getattr__(name: str) -> object:
        """Import a public name on first use."""
        import sys
        from importlib import import_module

        for module, names in _MODULES.items():
            if name in names:
                value = getattr(import_module(f"{__name__}.{module}"), "Variant" if name == "Chip" else name)
                setattr(sys.modules[__name__], name, value)
                return value
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
