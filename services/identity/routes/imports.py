"""Imports: whole schools from other programs' files."""

from services.identity import queries
from services.identity.actions.names import GroupName, find_or_enter_teachers, find_or_open_groups
from services.identity.actions.rosters import ids_known_by, take_over
from services.identity.imports.checks import Known
from services.identity.imports.roster import read_archive
from services.identity.rules import MAY
from services.identity.schemas.imports import ImportOut, ImportQuery, NamesIn, NamesOut, NamesQuery
from shared.clock import today
from shared.web import blueprint, reading, requires, uploaded, writing

imports = blueprint("imports", "Загрузка из файлов · Imports")

SOURCES = ("oneroster", "sds")
UPLOAD = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {"file": {"type": "string", "format": "binary"}},
            }
        }
    },
}


@imports.route("/imports/oneroster", methods=["POST"])
@requires(*MAY["import"], scopes=("import",))
@imports.arguments(ImportQuery, location="query")
@imports.doc(requestBody=UPLOAD)
@imports.response(200, ImportOut)
def post_oneroster(query):
    with reading() as session:
        known = {source: _known(session, source) for source in SOURCES}
        on = query.get("on") or today(queries.own_school(session).time_zone)
    roster = read_archive(uploaded(), query.get("org"), known)
    if query["dry_run"]:
        with reading() as session:
            return take_over(session, roster, on, dry_run=True)
    with writing() as session:
        return take_over(session, roster, on)


def _known(session, source):
    people, groups = ids_known_by(session, source)
    return Known(frozenset(people), frozenset(groups))


@imports.route("/imports/names", methods=["POST"])
@requires(*MAY["import"], scopes=("import",))
@imports.arguments(NamesQuery, location="query")
@imports.arguments(NamesIn)
@imports.response(200, NamesOut)
def post_names(query, body):
    dry_run = query["dry_run"]
    with reading() if dry_run else writing() as session:
        teachers = [(one["key"], one["name"]) for one in body["teachers"]]
        groups = [GroupName(parent=one.pop("parent_key"), **one) for one in body["groups"]]
        teacher_ids, entered = find_or_enter_teachers(session, teachers, dry_run=dry_run)
        group_ids, opened = find_or_open_groups(session, groups, dry_run=dry_run)
    return {
        "teachers": teacher_ids,
        "groups": group_ids,
        "created": {"teachers": entered, "groups": opened},
    }
