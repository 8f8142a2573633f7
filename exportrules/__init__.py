"""exportrules: was this AI chip exportable on that day? Dated, cited US export rules, computed.

>>> from datetime import date
>>> import exportrules
>>> exportrules.check("A100", on=date(2022, 9, 15)).outcome
'license_required'
"""

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
