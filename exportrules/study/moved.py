"""Former names of the engine's modules in receipts, and their present names."""

from __future__ import annotations

#: The move of 2026-11-29 into packages. A module that was split is mapped to its largest part.
MOVED = {
    **{f"{name}.py": f"law/{name}.py" for name in ("truth", "span", "model", "lexicon", "bounds", "force", "implied")},
    "attestation.py": "law/attestation.py",
    "law.py": "law/ruleset.py",
    "source.py": "files/load.py",
    "reading.py": "files/parse.py",
    "compiled.py": "files/cache.py",
    "references.py": "files/integrity.py",
    "facts.py": "question/figures.py",
    "figures.py": "question/impossible.py",
    "entries.py": "question/eccns.py",
    **{f"{name}.py": f"question/{name}.py" for name in ("claims", "senses", "question")},
    **{
        f"names/{name}.py": f"question/names/{name}.py"
        for name in (
            "chips", "close", "defects", "exporters", "grammar", "inside", "keys", "parties", "placeholders", "places",
            "servers", "slips", "words",
        )
    },
    "docket.py": "engine/docket.py",
    "engine.py": "engine/evaluate.py",
    "unknowns.py": "engine/unknowns.py",
    "cases.py": "engine/cases.py",
    **{f"{name}.py": f"answer/{name}.py" for name in ("timeline", "result", "trace", "notices", "determination")},
}  # fmt: skip


def by_todays_names(digests: dict[str, str]) -> dict[str, str]:
    """Digests by module, each under the module's present name."""
    return {MOVED.get(name, name): digest for name, digest in digests.items()}
