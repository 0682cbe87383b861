"""What people do to plans in their editors."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from tests.simulator.town import Idle, Line, Town

Act = Callable[[Town], None]
_VERBS = ("Dredge", "Survey", "Fence", "Pave", "Sweep", "Mark")
_STATUS = re.compile(r"(?m)^\*\*Status:\*\* (?P<word>[^\r\n]*)")
_PHASE = re.compile(r"(?m)^### Phase (?P<id>\d+): (?P<name>[^\r\n]*)")


def written(line: Line, *, mark: str | None = None, text: str | None = None, link: str | None = None) -> str:
    """Return a task's line with something else in it."""
    box = line.mark if mark is None else mark
    lead = "  - " if box in {None, "plain"} else f"  - [{box}] "
    tail = " <!-- plansync:ignore -->" if line.ignored else ""
    return f"{lead}{line.text if text is None else text}{line.link if link is None else link}{tail}"


def tick(town: Town) -> None:
    """Tick a box."""
    _set_box(town, " ", "x", "closed")


def untick(town: Town) -> None:
    """Take a tick away."""
    _set_box(town, "x", " ", "open")


def _set_box(town: Town, old: str, new: str, wanted: str) -> None:
    line = town.choose([line for line, _ in town.linked("open", "closed", risks=False) if line.mark == old])
    town.change_line(line, written(line, mark=new))
    town.want(line.token, "plan", wanted)


def tick_unlinked(town: Town) -> None:
    """Write a task that is done already."""
    line = town.choose([line for line in town.tame() if line.mark is not None])
    town.change_line(line, town.row(line), f"  - [x] {town.luck.choice(_VERBS)} the basin {town.token()}")


def add_task(town: Town) -> None:
    """Write a task below another."""
    line = town.choose(town.tame())
    town.change_line(line, town.row(line), f"  - [ ] {town.luck.choice(_VERBS)} the basin {town.token()}")


def add_risk(town: Town) -> None:
    """Write a risk below another."""
    line = town.choose([line for line in town.tame(risks=True) if line.is_risk])
    level = town.luck.choice(("L", "M", "H"))
    town.change_line(
        line, town.row(line), f"| Sand fills the basin {town.token(is_risk=True)} | {level} | M | Dredge |"
    )


def remove_item(town: Town) -> None:
    """Take a task or risk out."""
    line = town.choose(town.tame(risks=True))
    same = [other for other in town.tame(line.path, risks=True) if other.is_risk == line.is_risk]
    if len(same) < 3:
        raise Idle
    _take_out(town, line)


def _take_out(town: Town, line: Line) -> None:
    item = town.items[line.token]
    if item.unmarked:
        town.make_wild(line.token)
    town.change_line(line, None)
    town.removed_since[line.path] += 1
    item.gone_from = line.path
    town.want(line.token, "plan", "?")


def reword(town: Town) -> None:
    """Say a task a little better."""
    line = town.choose(town.tame())
    plain = re.sub(r"( soon| well| twice)+$", "", line.text)
    town.change_line(line, written(line, text=f"{plain} {town.luck.choice(('soon', 'well', 'twice'))}"))
    town.items[line.token].reworded = True


def reword_beyond_recognition(town: Town) -> None:
    """Make another task of one, in the same line, with its link."""
    line = town.choose([line for line in town.tame() if line.number is not None])
    token = town.token()
    old, new = town.items[line.token], town.items[token]
    new.wild = old.wild = True
    town.loose.add(line.path)
    town.change_line(line, written(line, text=f"Ask everybody about dinner {token}"))


def split_task(town: Town) -> None:
    """Make two tasks of one; the first keeps the link."""
    line = town.choose(town.tame())
    town.change_line(
        line, written(line, text=f"{line.text} by day"), f"  - [ ] {line.text.split(' k')[0]} {town.token()}"
    )
    town.items[line.token].reworded = True


def merge_tasks(town: Town) -> None:
    """Join two tasks in one line; one link goes."""
    path = town.path()
    lines = town.tame(path)
    if len(lines) < 4:
        raise Idle
    first, second = town.luck.sample(lines, 2)
    _take_out(town, second)
    again = next(line for line in town.lines(path) if line.token == first.token)
    town.change_line(again, written(again, text=f"{again.text} and more"))
    town.items[first.token].reworded = True


def move_to_other_phase(town: Town) -> None:
    """Move a task below a task of another phase, in the same plan."""
    path = town.path()
    lines = town.tame(path)
    line = town.choose(lines)
    _move(town, line, town.choose([other for other in lines if other.token != line.token]))


def move_to_other_plan(town: Town) -> None:
    """Move a task with its link to another plan."""
    line = town.choose([line for line in town.tame() if line.number is not None])
    if len(town.tame(line.path)) < 3:
        raise Idle
    _move(town, line, town.choose([other for other in town.tame() if other.path != line.path]))
    town.want(line.token, "plan", "?")


def _move(town: Town, line: Line, below: Line) -> None:
    row = town.row(line)
    town.change_line(line, None)
    again = next(other for other in town.lines(below.path) if other.token == below.token)
    town.change_line(again, town.row(again), row)


def copy_with_link(town: Town) -> None:
    """Copy a task's line with its link, and reword the copy."""
    line = town.choose([line for line in town.tame() if line.number is not None])
    token = town.token()
    town.items[token].wild = True
    town.loose.add(line.path)
    town.change_line(line, town.row(line), written(line, mark=" ", text=f"Likewise the pier {token}"))


def delete_link(town: Town) -> None:
    """Delete the link behind a task."""
    line = town.choose([line for line in town.tame() if line.number is not None])
    issues = town.issues()
    if line.number not in issues or town.items[line.token].unmarked:
        town.make_wild(line.token)
    town.change_line(line, written(line, link=""))
    town.want(line.token, "plan", "?")


def link_to_another(town: Town) -> None:
    """Let a task's link lead to another task's issue."""
    line = town.choose([line for line in town.tame() if line.number is not None])
    other = town.choose([other for other in town.tame() if other.number is not None and other.token != line.token])
    town.items[line.token].wild = town.items[other.token].wild = True
    town.loose |= {line.path, other.path}
    town.change_line(line, written(line, link=other.link))


def link_to_foreign(town: Town) -> None:
    """Let a new task lead to an issue that somebody opened by hand: it is adopted."""
    number = town.world.people.create_issue("The crane squeaks", "Since Monday.")
    line = town.choose([line for line in town.tame() if line.number is not None])
    town.watch(number)
    token = town.token()
    town.items[token].wild = True
    town.loose.add(line.path)
    link = re.sub(r"#\d+", f"#{number}", re.sub(r"/\d+\)", f"/{number})", line.link))
    town.change_line(line, town.row(line), f"  - [ ] Oil the crane {token}{link}")


def strike(town: Town) -> None:
    """Strike a task out."""
    line = town.choose([line for line in town.tame() if line.number is not None])
    if len(town.tame(line.path)) < 4:
        raise Idle
    town.change_line(line, written(line, text=f"~~{line.text}~~"))
    town.removed_since[line.path] += 1
    town.items[line.token].wild = True
    town.loose.add(line.path)


def unstrike(town: Town) -> None:
    """Take a strike back."""
    line = town.choose([line for line in town.lines() if line.struck])
    town.change_line(line, written(line, text=line.text.strip("~")))


def ignore(town: Town) -> None:
    """Tell plansync to leave a task alone."""
    line = town.choose(town.tame())
    town.items[line.token].wild = True
    town.loose.add(line.path)
    line.ignored = True
    town.change_line(line, written(line))


def to_plain_bullet(town: Town) -> None:
    """Take a box away."""
    line = town.choose([line for line in town.tame() if line.mark == " "])
    town.items[line.token].wild = True
    town.loose.add(line.path)
    town.change_line(line, written(line, mark="plain"))


def rename_plan(town: Town) -> None:
    """Give a plan's file another name."""
    old = town.path()
    new = f"plans/{town.luck.randrange(100, 999)}-moved.md"
    if (town.root / new).exists():
        raise Idle
    _move_file(town, old, new)


def _move_file(town: Town, old: str, new: str) -> None:
    (town.root / new).parent.mkdir(exist_ok=True)
    (town.root / old).rename(town.root / new)
    town.human[new] = town.human.pop(old)
    if old in town.loose:
        town.loose.add(new)
    if town.copies or old in town.doubtful:
        town.doubtful.add(new)
    town.removed_since[new] = town.removed_since.pop(old, 0)
    for item in town.items.values():
        item.gone_from = new if item.gone_from == old else item.gone_from
        item.home = new if item.home == old else item.home


def archive_plan(town: Town) -> None:
    """Move a plan out of sight."""
    if len(town.paths()) < 2:
        raise Idle
    old = town.path()
    _move_file(town, old, old.replace("plans/", "archive/"))


def restore_plan(town: Town) -> None:
    """Bring a plan back from the archive, or from the history of the repository."""
    hidden = sorted(str(file.relative_to(town.root)) for file in (town.root / "archive").glob("*.md"))
    old = town.choose(hidden)
    _move_file(town, old, old.replace("archive/", "plans/"))


def copy_plan(town: Town) -> None:
    """Copy a plan with all its links, as a start for another."""
    if town.copies:
        raise Idle
    path = town.path()
    new = path.replace(".md", "-copy.md")
    for line in town.lines(path):
        town.items[line.token].wild = True
    town.loose.add(path)
    town.copies.add(new)
    town.save(new, town.text(path))


def change_feature_id(town: Town) -> None:
    """Give a plan another Feature ID."""
    path = town.path()
    new = f"**Feature ID:** {town.luck.randrange(100, 999)}-harbour"
    town.save(path, re.sub(r"\*\*Feature ID:\*\* [^\r\n]*", new, town.text(path), count=1))


def renumber_phases(town: Town) -> None:
    """Number the phases anew."""
    path = town.path()
    shift = town.luck.randrange(1, 5)
    town.save(path, _PHASE.sub(lambda hit: f"### Phase {int(hit['id']) + shift}: {hit['name']}", town.text(path)))


def rename_phase(town: Town) -> None:
    """Give a phase another name."""
    path = town.path()
    found = town.choose(list(_PHASE.finditer(town.text(path))))
    name = f"{town.luck.choice(('Piers', 'Locks', 'Buoys', 'Ropes'))} {town.luck.randrange(99)}"
    town.save(path, town.text(path).replace(found[0], f"### Phase {found['id']}: {name}", 1))


def add_phase(town: Town) -> None:
    """Write a phase in front of the risks."""
    path = town.path()
    text = town.text(path)
    if len(_PHASE.findall(text)) > 4:
        raise Idle
    end = "\r\n" if "\r\n" in text else "\n"
    phase = f"### Phase {town.luck.randrange(20, 90)}: Extras\n\n- **Tasks:**\n  - [ ] Hang the bell {town.token()}\n\n"
    town.save(path, text.replace("## 7.", phase.replace("\n", end) + "## 7.", 1))


def split_phase(town: Town) -> None:
    """Put a heading between the tasks of a phase."""
    line = town.choose(town.tame())
    if len(_PHASE.findall(town.text(line.path))) > 4:
        raise Idle
    heading = ("", f"### Phase {town.luck.randrange(20, 90)}: Second half", "", "- **Tasks:**")
    town.change_line(line, town.row(line), *heading, f"  - [ ] Sound the horn {town.token()}")


def rename_section(town: Town) -> None:
    """Give the section of the risks another number and name."""
    path = town.path()
    new = town.luck.choice(("## 7. Risks and Mitigations", "## 7. Risks", "## 7. Risks & Mitigations"))
    town.save(path, re.sub(r"## 7\. Risks[^\r\n]*", new, town.text(path), count=1))


def write_status(town: Town) -> None:
    """Write a Status by hand: a word of any group."""
    path = town.path()
    word = town.luck.choice(
        ("Draft", "Approved", "In Progress", "ACTIVE", "Done", "**Complete**", "[Planned]", "Ready")
    )
    town.save(path, _STATUS.sub(f"**Status:** {word}", town.text(path), count=1))


def hold(town: Town) -> None:
    """Put a plan on hold, by its Status."""
    path = town.path()
    town.save(path, _STATUS.sub("**Status:** On Hold", town.text(path), count=1))


def resume(town: Town) -> None:
    """Go on with a plan that was on hold."""
    path = town.choose([path for path in town.paths() if "**Status:** On Hold" in town.text(path)])
    town.save(path, _STATUS.sub("**Status:** Planned", town.text(path), count=1))


def save_with_crlf(town: Town) -> None:
    """Save a plan with another kind of line ends."""
    path = town.path()
    text = town.text(path).replace("\r\n", "\n")
    town.save(path, text.replace("\n", "\r\n") if town.luck.random() < 0.7 else text)


def write_prose(town: Town) -> None:
    """Write something that is no task."""
    path = town.path()
    town.save(path, town.text(path) + f"\nSee https://example.com/{town.luck.randrange(99)}  \nand `#12` or @ann.\n")


def rate_risk(town: Town) -> None:
    """Rate a risk anew."""
    line = town.choose([line for line in town.tame(risks=True) if line.is_risk])
    row = town.row(line).split(" | ")
    row[1] = town.luck.choice(("L", "M", "H", "High", "low"))
    town.change_line(line, " | ".join(row))


def open_fence(town: Town) -> None:
    """Open a code fence at the end, and forget to close it."""
    path = town.choose([path for path in town.paths() if "\n```" not in town.text(path)])
    town.save(path, town.text(path) + "\n```\nleft open\n")


def close_fence(town: Town) -> None:
    """Close the fence."""
    path = town.choose([path for path in town.paths() if town.text(path).count("\n```") == 1])
    town.save(path, town.text(path).replace("left open", "closed").rstrip("\r\n") + "\n```\n")


def save_conflict(town: Town) -> None:
    """Save a plan in the middle of a merge."""
    path = town.choose([path for path in town.paths() if "<<<<<<< " not in town.text(path)])
    town.save(path, town.text(path) + "<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n")


def resolve_conflict(town: Town) -> None:
    """Resolve a merge."""
    path = town.choose([path for path in town.paths() if "<<<<<<< " in town.text(path)])
    town.save(path, town.text(path).replace("<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n", "a\n"))


USUAL: Mapping[str, Act] = {
    act.__name__: act
    for act in (
        tick, untick, tick_unlinked, add_task, add_risk, remove_item, reword, split_task, merge_tasks, move_to_other_phase,
        move_to_other_plan, delete_link, rename_plan, archive_plan, restore_plan, change_feature_id, renumber_phases,
        rename_phase, add_phase, split_phase, rename_section, write_status, hold, resume, save_with_crlf, write_prose,
        rate_risk, open_fence, close_fence, save_conflict, resolve_conflict,
    )
}  # fmt: skip
ODD: Mapping[str, Act] = {
    act.__name__: act
    for act in (
        reword_beyond_recognition, copy_with_link, link_to_another, link_to_foreign, strike, unstrike, ignore,
        to_plain_bullet, copy_plan,
    )
}  # fmt: skip
