"""A user's broken or hostile template: one error that names template and line, and nothing else happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from plansync.core.facts import PlanFacts, QuestionFacts
from plansync.errors import TemplateError
from plansync.rendering.renderer import TemplateRenderer

QUESTION = QuestionFacts(
    text="Which hour?",
    id="",
    plan=PlanFacts("Saved searches", "", "", "plans/s.md", "plans/s.md"),
    details=(),
)
UNREADABLE = Path("/proc/self/mem")
BROKEN = [
    ("{% if %}", "Expected an expression"),
    ("{% for x in question.details %}", "Unexpected end of template"),
    ("{{ question.text", "unexpected end of template"),
    ("{% frobnicate %}", "unknown tag 'frobnicate'"),
    ("{{ question.text | nonsense }}", "No filter named 'nonsense'"),
    ("{{ questoin.text }}", "'questoin' is undefined"),
    ("{{ question.txt }}", "question has no field 'txt'"),
    ("{{ task.text }}", "'task' is undefined"),
    ("{{ 1 / 0 }}", "division by zero"),
    ("{{ question.text + 1 }}", "str"),
    ("{{ question.details[3] }}", "has no element 3"),
    ('{% include "issues/nowhere.j2" %}', "there is no template issues/nowhere.j2"),
    ('{% include ["a.j2", "b.j2"] %}', "there is no template a.j2, b.j2"),
    ("{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}", "goes on without end"),
]
HOSTILE = [
    "{{ question.__class__ }}",
    "{{ question.__class__.__mro__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ ''['__class__'] }}",
    "{{ ''|attr('__class__') }}",
    "{{ [].__class__.__base__ }}",
    "{{ question.text.__init__.__globals__ }}",
    "{{ range.__globals__ }}",
    "{{ range.__code__ }}",
    "{{ self.__init__.__globals__ }}",
    "{{ namespace.__init__.__globals__ }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ joiner.__init__.__globals__ }}",
    "{{ lipsum.__globals__['os'] }}",
    "{{ config }}",
    "{{ environment }}",
    "{{ __import__('os') }}",
    "{{ open('/etc/passwd') }}",
    "{{ '{0.__class__}'.format(question) }}",
    "{{ '%s' % question }}",
    "{{ '{x.__class__}'.format_map({'x': question}) }}",
    "{{ question.__setattr__('text', 'x') }}",
    "{{ question.details.__add__ }}",
    "{{ (1).__class__ }}",
    "{% set x = [] %}{{ x.append(1) }}",
    "{% set x = {} %}{{ x.update({}) }}",
    '{% include "../../etc/passwd" %}',
    '{% include "/etc/passwd" %}',
    "{{ 'x' * 1000000000 }}",
    "{{ [1] * 1000000000 }}",
    "{{ 10 ** 1000000000 }}",
    "{{ 'x'.ljust(1000000000) }}",
    "{{ 'x' | center(1000000000) }}",
    "{{ '%1000000000d' | format(1) }}",
    "{% for i in range(10**9) %}x{% endfor %}",
    "{% for i in range(1000000000) %}x{% endfor %}",
    "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
    "{% for i in range(99999) %}twelve chars{% endfor %}",
    "{% set n = namespace(s='x' ) %}{% for i in range(40) %}{% set n.s = n.s + n.s %}{% endfor %}",
]


@pytest.mark.parametrize(("source", "message"), BROKEN)
def test_a_broken_template_is_named_with_its_line(tmp_path: Path, source: str, message: str) -> None:
    with pytest.raises(TemplateError) as error:
        _renderer(tmp_path, f"first\n{source}\n").render(QUESTION)
    assert message in str(error.value)
    assert "question.md.j2:" in str(error.value)
    assert error.value.hint
    assert error.value.exit_code == 2
    assert "\n" not in str(error.value)


def test_the_line_is_the_one_of_the_fault(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"template .*/issues/question\.md\.j2:3: 'nobody' is undefined"):
        _renderer(tmp_path, "one\ntwo\n{{ nobody }}\nfour").render(QUESTION)


def test_a_fault_in_an_included_template_names_that_one(tmp_path: Path) -> None:
    renderer = _renderer(tmp_path, '\n{% include "issues/mine.j2" %}')
    (tmp_path / "issues" / "mine.j2").write_text("\n\n{{ nobody }}")
    with pytest.raises(TemplateError, match=r"/issues/mine\.j2:3: 'nobody' is undefined"):
        renderer.render(QUESTION)


@pytest.mark.parametrize("source", HOSTILE)
def test_a_hostile_template_gets_nowhere(tmp_path: Path, source: str) -> None:
    with pytest.raises(TemplateError) as error:
        _renderer(tmp_path, f"first\n{source}\n").render(QUESTION)
    assert "question.md.j2:2" in str(error.value)


def test_a_template_that_is_not_utf8_is_named_with_its_line(tmp_path: Path) -> None:
    renderer = _renderer(tmp_path, "")
    (tmp_path / "issues" / "question.md.j2").write_bytes(b"one\ntwo \xff")
    with pytest.raises(TemplateError, match=r"question\.md\.j2:2: is not UTF-8"):
        renderer.render(QUESTION)
    with pytest.raises(TemplateError, match=r"question\.md\.j2:2: is not UTF-8"):
        _ = TemplateRenderer(tmp_path).fingerprint


@pytest.mark.skipif(not UNREADABLE.exists(), reason="needs a file that nobody can read from its start")
def test_a_template_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "issues").mkdir()
    (tmp_path / "issues" / "question.md.j2").symlink_to(UNREADABLE)
    with pytest.raises(TemplateError, match=r"template issues/question\.md\.j2: .*error"):
        TemplateRenderer(tmp_path).render(QUESTION)


def test_arithmetic_with_small_numbers_is_allowed(tmp_path: Path) -> None:
    assert _renderer(tmp_path, "{{ 6 * 7 }} {{ 7 % 4 }} {{ 1 + 1 }}").render(QUESTION).body == "42 3 2"


def _renderer(folder: Path, source: str) -> TemplateRenderer:
    (folder / "issues").mkdir()
    (folder / "issues" / "question.md.j2").write_text(source, encoding="utf-8")
    return TemplateRenderer(folder)
