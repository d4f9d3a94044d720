"""A forgotten password: ask for a letter, set a new one by its link."""

from services.identity.actions.signing_in.resets import request_reset, reset_password
from services.identity.rules.devices import Visit
from services.identity.schemas.credentials import NewPasswordIn, ResetIn
from shared.web import blueprint, client_address, device, public, runtime

resets = blueprint("resets", "Забытый пароль · A forgotten password")


@resets.route("/password-resets", methods=["POST"])
@public
@resets.arguments(ResetIn)
@resets.response(202)
def post_reset(body):
    request_reset(runtime().database, body["login"], Visit(client_address(), device()))


@resets.route("/password-resets/completion", methods=["POST"])
@public
@resets.arguments(NewPasswordIn)
@resets.response(204)
def post_new_password(body):
    memory_kib = runtime().settings.argon2_memory_kib
    visit = Visit(client_address(), device())
    reset_password(runtime().database, body["token"], body["new_password"], memory_kib, visit)
