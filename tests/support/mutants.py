"""Plans as slips of the hand, of editors and of disks leave them: lines dropped, doubled, swapped, bytes lost or turned.

Everything follows from one number, so that a mutant can be made again.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"
_MOST_SLIPS = 3
_OPENERS = (b"```\n", b"~~~\n", b"````md\n", b"  ```\n", b"<!--\n", b"> ")
_LINE = re.compile(rb"[^\n]*\n|[^\n]+\Z")
Slip = Callable[[random.Random, bytes], bytes]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A plan and what became of it."""

    number: int
    origin: Path
    before: bytes
    after: bytes
    slips: tuple[str, ...]

    def __str__(self) -> str:
        return f"mutant {self.number}: {self.origin.parent.name}/{self.origin.name}, {', '.join(self.slips)}"


def origins(most_bytes: int) -> tuple[Path, ...]:
    """Return the plans to begin with, as far as they are not longer than ``most_bytes``."""
    folders = ROOT / "examples/plans", ROOT / "tests/plans"
    own = [path for folder in folders for path in sorted(folder.glob("*.md"))]
    real = [path for path in sorted(CORPUS.glob("*/*.md")) if path.parent.name != "golden"]
    return tuple(path for path in (*own, *real) if path.stat().st_size <= most_bytes)


def mutate(seed: int, number: int, origin: Path, source: bytes) -> Mutant:
    """Return mutant ``number`` of a ``seed``."""
    dice = random.Random(f"{seed}/{number}")
    after, slips = source, []
    for _ in range(dice.randint(1, _MOST_SLIPS)):
        slip = dice.choice(SLIPS)
        after = slip(dice, after)
        slips.append(slip.__name__.replace("_", " "))
    return Mutant(number, origin, source, after, tuple(slips))


def _lines(source: bytes) -> list[bytes]:
    return _LINE.findall(source) or [b""]


def _place(dice: random.Random, things: Sequence[object]) -> int:
    return dice.randrange(len(things))


def a_line_dropped(dice: random.Random, source: bytes) -> bytes:
    lines = _lines(source)
    del lines[_place(dice, lines)]
    return b"".join(lines)


def lines_dropped(dice: random.Random, source: bytes) -> bytes:
    lines = _lines(source)
    at = _place(dice, lines)
    return b"".join(lines[:at] + lines[at + dice.randint(2, 30) :])


def a_line_doubled(dice: random.Random, source: bytes) -> bytes:
    lines = _lines(source)
    at = _place(dice, lines)
    return b"".join([*lines[:at], lines[at], *lines[at:]])


def a_part_doubled(dice: random.Random, source: bytes) -> bytes:
    lines = _lines(source)
    at = _place(dice, lines)
    end = at + dice.randint(2, 30)
    return b"".join(lines[:end] + lines[at:end] + lines[end:])


def two_lines_swapped(dice: random.Random, source: bytes) -> bytes:
    lines = _lines(source)
    one, other = _place(dice, lines), _place(dice, lines)
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def a_fence_opened(dice: random.Random, source: bytes) -> bytes:
    lines = _lines(source)
    lines.insert(_place(dice, lines), dice.choice(_OPENERS))
    return b"".join(lines)


def indented(dice: random.Random, source: bytes) -> bytes:
    lines = _lines(source)
    at = _place(dice, lines)
    lines[at] = dice.choice([b" ", b"  ", b"    ", b"\t"]) + lines[at]
    return b"".join(lines)


def dedented(dice: random.Random, source: bytes) -> bytes:
    lines = _lines(source)
    at = _place(dice, lines)
    lines[at] = lines[at].lstrip(b" \t")
    return b"".join(lines)


def saved_on_windows(dice: random.Random, source: bytes) -> bytes:
    return source.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def saved_on_windows_in_part(dice: random.Random, source: bytes) -> bytes:
    at = dice.randrange(len(source) + 1)
    return source[:at] + source[at:].replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def cut_off(dice: random.Random, source: bytes) -> bytes:
    return source[: dice.randrange(len(source) + 1)]


def cut_off_inside_a_character(dice: random.Random, source: bytes) -> bytes:
    inside = [at for at, byte in enumerate(source) if byte & 0xC0 == 0x80]
    return source[: dice.choice(inside)] if inside else cut_off(dice, source)


def bytes_flipped(dice: random.Random, source: bytes) -> bytes:
    flipped = bytearray(source)
    for _ in range(dice.randint(1, 4) if flipped else 0):
        flipped[_place(dice, flipped)] ^= 1 << dice.randrange(7)
    return bytes(flipped)


def a_character_struck(dice: random.Random, source: bytes) -> bytes:
    at = dice.randrange(len(source) + 1)
    return (
        source[:at]
        + dice.choice([b"`", b"*", b"|", b"[", b"]", b"(", b"~~", b"#", b"-", b"\\", b"<", b"\n"])
        + source[at:]
    )


SLIPS: tuple[Slip, ...] = (
    a_line_dropped,
    lines_dropped,
    a_line_doubled,
    a_part_doubled,
    two_lines_swapped,
    a_fence_opened,
    indented,
    dedented,
    saved_on_windows,
    saved_on_windows_in_part,
    cut_off,
    cut_off_inside_a_character,
    bytes_flipped,
    a_character_struck,
)
