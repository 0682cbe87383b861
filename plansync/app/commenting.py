"""One comment on a pull or merge request, found again by its hidden mark, kept up to date, and gone with its reason."""

from __future__ import annotations

from plansync.ports.comments import Comments

MARK = "<!-- plansync:preview -->"
"""The first line of our comment, which nobody sees."""


def keep_comment(comments: Comments, text: str) -> str:
    """Let the request have ``text`` as its only comment of ours, or none where it is empty; return what was done.

    A mark in somebody else's comment makes it none of ours.
    """
    wanted = f"{MARK}\n{text}" if text else ""
    marked = [comment for comment in comments.all() if comment.text.startswith(MARK)]
    me = comments.login() if marked else ""
    ours = [comment for comment in marked if comment.author.casefold() == me.casefold()]
    for extra in ours[1:] if wanted else ours:
        comments.remove(extra)
    if not wanted:
        return "removed" if ours else "not needed"
    if not ours:
        comments.post(wanted)
        return "posted"
    if ours[0].text.replace("\r\n", "\n").strip() == wanted.strip():
        return "up to date"
    comments.change(ours[0], wanted)
    return "updated"
