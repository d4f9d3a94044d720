"""What forms of tasks and portfolios bring: files, handed in before all else, and links.

A form that is refused shows the files it brought again, so that no photo has to be chosen twice.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from flask import request
from flask_babel import gettext as _

from services.portal.web import accepted, given_id, problem_of, send

AGAIN = (409, 412, 422)
LONGEST_LINK = 200
MOST_LINKS = 5
Json = dict[str, Any]


class Refused(Exception):
    """Something of a form will not do; the problem says what and why, `files` were handed in by it."""

    def __init__(self, problem: Json, files: Sequence[Json] = ()) -> None:
        """Keep the problem and the files."""
        super().__init__()
        self.problem = problem
        self.files = files


def handed_in() -> list[Json]:
    """Hand in the files of the form and return `{id, name}` of all it has, those of a try before first.

    Refused for one that is not taken.
    """
    form = request.form
    files = [{"id": given_id(one), "name": form.get(f"name-{one}", "")} for one in form.getlist("handed")]
    for one in request.files.getlist("files"):
        if not one.filename:
            continue
        sent = {"file": (one.filename, one.stream, "application/octet-stream")}
        answer = send("journal", "POST", "/files", files=sent)
        if answer.status_code in AGAIN:
            raise Refused(problem_of(answer), files)
        files.append({"id": str(accepted(answer)["id"]), "name": one.filename})
    return files


def ids_of(files: Sequence[Json]) -> list[str]:
    """Return the ids of files handed in, and those of before that the form keeps."""
    return [*(given_id(one) for one in request.form.getlist("keep")), *(one["id"] for one in files)]


def links_of(text: str, files: Sequence[Json]) -> list[str]:
    """Return the links that a form gives, one a line; «youtu.be/…» is one, too. Refused for what is none."""
    links = [_link(line.strip(), files) for line in text.splitlines() if line.strip()]
    if len(links) > MOST_LINKS:
        raise _no_links(_("Ссылок может быть не больше %(n)s.", n=MOST_LINKS), files)
    return links


def _link(line: str, files: Sequence[Json]) -> str:
    host = line.partition("/")[0]
    link = f"https://{line}" if "." in host and ":" not in host else line
    if len(link) > LONGEST_LINK:
        said = _("Ссылка «%(link)s…» длиннее %(n)s знаков. Дайте короткую.", link=link[:60], n=LONGEST_LINK)
        raise _no_links(said, files)
    if not _is_link(link):
        said = _("«%(link)s» — не ссылка. Ссылка начинается с https://", link=line[:60])
        raise _no_links(said, files)
    return link


def _is_link(link: str) -> bool:
    """Whether the journal will take it for one."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and bool(parts.netloc)
        and link.isprintable()
        and not any(map(str.isspace, link))
    )


def _no_links(detail: str, files: Sequence[Json]) -> Refused:
    return Refused({"title": _("Ссылка не принята"), "detail": detail}, files)
