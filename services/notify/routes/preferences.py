"""How one wants to be told."""

from services.notify.actions.reading import choose
from services.notify.queries import wishes_of
from services.notify.routes.notices import own_id
from services.notify.schemas import PreferencesIn, PreferencesOut
from shared.web import blueprint, may, reading, writing

preferences = blueprint("preferences", "Как уведомлять · How to be told")


@preferences.route("/preferences", methods=["GET"])
@may("see own notices")
@preferences.response(200, PreferencesOut)
def get_preferences():
    with reading() as session:
        return wishes_of(session, own_id())


@preferences.route("/preferences", methods=["PUT"])
@may("see own notices")
@preferences.arguments(PreferencesIn)
@preferences.response(200, PreferencesOut)
def put_preferences(body):
    with writing() as session:
        choose(session, own_id(), **body)
    return body
