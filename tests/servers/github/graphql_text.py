"""The text of a GraphQL request: tokens, then a tree of selections. Fragments by name and directives are left out."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(r'"""(?:.|\n)*?"""|"(?:\\.|[^"\\])*"|\.\.\.|[A-Za-z_]\w*|-?\d+(?:\.\d+)?|[!$():=@\[\]{}|&]')


class Malformed(ValueError):
    """The text is no GraphQL that is understood here."""


@dataclass(slots=True)
class Selection:
    """One field that is asked for: under which name, with which arguments, and what of it."""

    name: str
    alias: str
    arguments: dict[str, Any] = field(default_factory=dict)
    inner: list[Selection] = field(default_factory=list)


class Reader:
    """Reads one operation; ``variables`` fill in its ``$names``."""

    def __init__(self, text: str, variables: dict[str, Any]) -> None:
        self.tokens: list[str] = _TOKEN.findall(re.sub(r"#[^\n]*", "", text))
        self.place = 0
        self.variables = variables

    def operation(self) -> tuple[str, list[Selection]]:
        """Return ``query`` or ``mutation``, and what is asked for."""
        kind = "query"
        if self._peek() in {"query", "mutation"}:
            kind = self._next()
            if self._peek() not in {"{", "("}:
                self._next()
            if self._peek() == "(":
                self._declarations()
        return kind, self._selections()

    def _declarations(self) -> None:
        """Pass over the variables' types, but take the values that they have when nothing is sent."""
        self._expect("(")
        while self._peek() != ")":
            self._expect("$")
            name = self._next()
            self._expect(":")
            while self._peek() not in {"$", ")", "="}:
                self._next()
            if self._peek() == "=":
                self._next()
                self.variables.setdefault(name, self._value())
        self._expect(")")

    def _selections(self) -> list[Selection]:
        self._expect("{")
        found: list[Selection] = []
        while self._peek() != "}":
            if self._peek() == "...":
                for _ in range(3):
                    self._next()
                found.extend(self._selections())
            else:
                found.append(self._selection())
        self._expect("}")
        return found

    def _selection(self) -> Selection:
        name = self._next()
        made = Selection(name, name)
        if self._peek() == ":":
            self._next()
            made.name = self._next()
        if self._peek() == "(":
            made.arguments = self._pairs("(", ")")
        if self._peek() == "{":
            made.inner = self._selections()
        return made

    def _pairs(self, opening: str, closing: str) -> dict[str, Any]:
        self._expect(opening)
        found: dict[str, Any] = {}
        while self._peek() != closing:
            name = self._next()
            self._expect(":")
            found[name] = self._value()
        self._expect(closing)
        return found

    def _value(self) -> Any:
        token = self._peek()
        if token == "{":
            return self._pairs("{", "}")
        if token == "[":
            self._next()
            items = []
            while self._peek() != "]":
                items.append(self._value())
            self._next()
            return items
        token = self._next()
        if token == "$":
            return self.variables.get(self._next())
        if token.startswith('"""'):
            return token[3:-3]
        if token.startswith('"') or re.fullmatch(r"-?\d+(\.\d+)?|true|false|null", token):
            return json.loads(token)
        return token

    def _peek(self) -> str:
        if self.place >= len(self.tokens):
            raise Malformed("Parse error: unexpected end of document")
        return self.tokens[self.place]

    def _next(self) -> str:
        token = self._peek()
        self.place += 1
        return token

    def _expect(self, wanted: str) -> None:
        if self._next() != wanted:
            raise Malformed(f'Parse error on "{self.tokens[self.place - 1]}"')
