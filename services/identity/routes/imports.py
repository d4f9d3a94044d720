"""Imports: whole schools from other programs' files."""

from services.identity.actions.importing.names import GroupName, find_or_enter_teachers, find_or_open_groups
from services.identity.actions.importing.rosters import ids_known_by, take_over
from services.identity.imports.checks import Known
from services.identity.imports.roster import read_archive
from services.identity.queries import people as queries
from services.identity.schemas.imports import ImportOut, ImportQuery, NamesIn, NamesOut, NamesQuery
from shared.clock import today
from shared.uploads import multipart, uploaded
from shared.web import blueprint, concerns, fresh, may, reading, writing

imports = blueprint("imports", "Загрузка из файлов · Imports")


@imports.route("/imports/oneroster", methods=["POST"])
@may("import")
@fresh
@imports.arguments(ImportQuery, location="query")
@imports.doc(requestBody=multipart())
@imports.response(200, ImportOut)
def post_oneroster(query):
    with reading() as session:
        # The archive first: while it is parsed no transaction is open yet.
        roster = read_archive(uploaded(), query.get("org"), lambda source: _known(session, source))
        on = query.get("on") or today(queries.own_school(session).time_zone)
    if query["dry_run"]:
        with reading() as session:
            return take_over(session, roster, on, dry_run=True)
    with writing() as session:
        report = take_over(session, roster, on)
    concerns(*report.people)
    return report


def _known(session, source):
    people, groups = ids_known_by(session, source)
    return Known(frozenset(people), frozenset(groups))


@imports.route("/imports/names", methods=["POST"])
@may("import")
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
    if not dry_run:
        concerns(*teacher_ids.values())
    return {
        "teachers": teacher_ids,
        "groups": group_ids,
        "created": {"teachers": entered, "groups": opened},
    }
