"""The forms that the tasks of a phase come in (spec §2.4).

A form is a function from a phase's :class:`~plansync.core.grammar.region.Region` to its tasks, or None when the phase
is not written in that form. :data:`FORMS` has them in the order in which they are tried; the first that matches
counts.
"""

from __future__ import annotations

from collections.abc import Callable

from plansync.core.grammar.page import Page
from plansync.core.grammar.region import Region
from plansync.core.grammar.tasks.blocks import tasks_in_blocks
from plansync.core.grammar.tasks.bullets import (
    tasks_as_boxes,
    tasks_as_bullets,
    tasks_as_steps,
    tasks_by_id,
    tasks_in_groups,
)
from plansync.core.grammar.tasks.headings import (
    tasks_as_headings,
    tasks_as_named_headings,
    tasks_as_numbered_headings,
)
from plansync.core.grammar.tasks.lists import tasks_as_work, tasks_in_lists
from plansync.core.grammar.tasks.tables import tasks_in_grouped_tables, tasks_in_tables
from plansync.core.model import Task

Form = Callable[[Page, Region], "tuple[Task, ...] | None"]

FORMS: tuple[Form, ...] = (
    tasks_in_blocks,
    tasks_in_lists,
    tasks_in_tables,
    tasks_as_boxes,
    tasks_as_headings,
    tasks_in_groups,
    tasks_in_grouped_tables,
    tasks_as_numbered_headings,
    tasks_as_work,
    tasks_as_bullets,
    tasks_as_steps,
)
ANYWHERE: tuple[Form, ...] = (tasks_as_headings, tasks_by_id)
"""The forms that show by themselves that something is a task: in a file without phases they count all over it."""
IN_GUIDES: tuple[Form, ...] = (tasks_as_named_headings, tasks_by_id)
"""Those of them that count where the title does not speak of work, as a guide's does not."""


def find_tasks(page: Page, region: Region, forms: tuple[Form, ...] = FORMS) -> tuple[Task, ...]:
    """Return the tasks of a phase in the first of ``forms`` that matches, in file order."""
    found = (form(page, region) for form in forms)
    return next((tasks for tasks in found if tasks is not None), ())
