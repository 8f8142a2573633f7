"""Where the modules of the engine stood when receipts named them: old name to today's."""

from __future__ import annotations

#: The move of 2026-11-29 into rooms. What was split is told by the room that kept most of it.
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
    """Digests by module, each under the name that the module has today."""
    return {MOVED.get(name, name): digest for name, digest in digests.items()}
