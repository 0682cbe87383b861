"""Plans that hold what makes readers slow: each family grows by its number ``n``, in bytes, and by nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping

_HEAD = (
    "# Implementation Plan: Growth\n\n**Status:** Draft\n\n## 5. Implementation Phases\n\n"
    "### Phase 1: Sowing\n\n- **Goal:** It grows\n- **Tasks:**\n  - [ ] Sow the seed"
)
_SENTENCE = "The gardener waters what was sown in spring, and **weeds** between the rows of `beans` until it stands"
_TABLE = "\n\n**Tasks:**\n\n| Task | Status |\n|---|---|\n"
Family = Callable[[int], str]


def _in_task(unit: str) -> Family:
    """Return the family of a task whose text holds ``unit`` again and again."""
    return lambda n: f"{_HEAD} {unit * (n // len(unit))}\n"


def _below_task(unit: str) -> Family:
    return lambda n: f"{_HEAD}\n{unit * (n // len(unit))}\n"


def _growing(piece: Callable[[int], str]) -> Family:
    """Return the family of a task with pieces 1, 2, 3 … below it, up to ``n`` bytes."""

    def made(n: int) -> str:
        pieces, length, count = [f"{_HEAD}\n"], 0, 0
        while length < n:
            count += 1
            pieces.append(piece(count))
            length += len(pieces[-1])
        return "".join(pieces)

    return made


FAMILIES: Mapping[str, Family] = {
    "lists in lists": lambda n: f"{_HEAD}\n    {'- ' * (n // 2)}x\n",
    "lists ever deeper": _growing(lambda count: f"    {'  ' * count}- {_SENTENCE}\n"),
    "quotes in quotes": lambda n: f"{_HEAD}\n\n{'> ' * (n // 2)}x\n",
    "quotes ever deeper": _growing(lambda count: f"{'> ' * count}{_SENTENCE}\n"),
    "brackets never closed": _in_task("["),
    "brackets in brackets": lambda n: f"{_HEAD} {'[' * (n // 5)}a{'](b)' * (n // 5)}\n",
    "pipes in a row": lambda n: f"{_HEAD}{_TABLE}| a{' | `b' * (n // 5)} |\n",
    "rows of pipes": lambda n: f"{_HEAD}{_TABLE}" + f"| {_SENTENCE} | Done |\n" * (n // 112),
    "emphasis never closed": _in_task("*a **b _c ~~d "),
    "struck-out words": lambda n: f"{_HEAD} {f'~~{_SENTENCE}~~ ' * (n // 100)}\n",
    "runs of backticks": _growing(lambda count: f"{'`' * count} "),
    "fences never closed": _growing(lambda count: f"{'`' * (2 + count)}\n"),
    "fences one after the other": _below_task(f"    ```\n    {_SENTENCE}\n    ```\n"),
    "comments never closed": _in_task("<!--"),
    "comments at the beginning of a line": lambda n: "<!--" * (n // 4) + f"\n\n{_HEAD}\n",
    "comments one after the other": _in_task(f"<!-- {_SENTENCE} -->"),
    "tags never closed": _in_task("<a "),
    "a long line of words": _in_task("word "),
    "a long word": _in_task("w"),
    "blanks": lambda n: f"{_HEAD}{' ' * n}x{' ' * n}\n",
    "blanks in a heading": lambda n: f"## Sowing{' ' * n}x\n\n{_HEAD}\n\n### Phase 2: x{' ' * n}x\n\n- Reap\n",
    "backslashes": _in_task("\\"),
    "wrapped lines": _below_task(f"    {_SENTENCE}\n"),
    "fields one after the other": _below_task(f"    **Note:** {_SENTENCE}\n"),
    "tasks": _below_task(f"  - [ ] {_SENTENCE}\n"),
    "links without items": _below_task(f"    {_SENTENCE} ([#1](https://h.example/acme/web/issues/1))\n"),
    "links behind open comments": _below_task("    <!-- ([#1](https://h.example/acme/web/issues/1))\n"),
    "headings": lambda n: f"{_HEAD}\n\n" + f"#### {_SENTENCE}\n\n{_SENTENCE}\n\n" * (n // 200),
}
"""Name → plan of about ``n`` bytes of hostile text, or twice that."""
