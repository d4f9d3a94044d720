"""Files: handing them in, and giving them to those concerned, never as something a browser would run."""

from urllib.parse import quote

from flask import Response, request

from services.journal.actions.contents import contents_at
from services.journal.actions.files import file_limits, hand_in
from services.journal.actions.portfolio import PORTFOLIO_FILES
from services.journal.queries.files import file_for
from services.journal.queries.portfolio import may_see_portfolio
from services.journal.queries.tasks import may_see_answer, may_see_task
from services.journal.schemas.files import FileLimitsOut, FileOut
from shared.file_kinds import FILE_KINDS
from shared.uploads import uploaded
from shared.web import actor, blueprint, concerns, may, reading, runtime

READERS = {"task": may_see_task, "answer": may_see_answer, PORTFOLIO_FILES: may_see_portfolio}

files = blueprint("files", "Files of tasks, answers and documents")


@files.route("/files", methods=["POST"])
@may("hand in files")
@files.response(201, FileOut)
def post_file():
    """Keep a file (multipart field `file`) to be used within a day; again, it is the same one."""
    content = uploaded()
    name = request.files["file"].filename or ""
    contents = contents_at(runtime().settings.files_url)
    return hand_in(runtime().database, contents, actor(), name, content)


@files.route("/file-limits", methods=["GET"])
@may("hand in files")
@files.response(200, FileLimitsOut)
def get_file_limits():
    """Return which files the school takes, and how large."""
    with reading() as session:
        return file_limits(session)


@files.route("/files/<uuid:file_id>", methods=["GET"])
@may("read files")
@files.response(200, content_type="application/octet-stream")
def get_file(file_id):
    """Give a file to those concerned, to be saved and not shown: piece by piece, as it is read."""
    with reading() as session:
        file = file_for(session, actor(), file_id, READERS)
    concerns(file.owner_id)
    pieces = contents_at(runtime().settings.files_url).read(file.school_id, file.digest)
    return Response(pieces, headers=_headers(file))


def _headers(file):
    kind = FILE_KINDS[file.kind]
    plain, own = f"file.{kind.endings[0]}", quote(file.name, safe="")  # The first, for programs of old.
    return {
        "Content-Type": kind.media_type,
        "Content-Length": str(file.size),
        "Content-Disposition": f"attachment; filename={plain}; filename*=UTF-8''{own}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
