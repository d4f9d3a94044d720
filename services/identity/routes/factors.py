"""Second factors of oneself, and their reset by the operator."""

from services.identity.actions.signing_in import factors as standing
from services.identity.actions.signing_in import passkeys, totp
from services.identity.actions.signing_in.own_factors import (
    add_passkey,
    add_totp,
    drop_passkey,
    drop_totp,
    renew_codes,
    reset_factors,
)
from services.identity.actions.signing_in.passkeys import Site
from services.identity.actions.signing_in.proofs import whose
from services.identity.queries import factors as queries
from services.identity.rules.devices import Visit
from services.identity.schemas.factors import (
    CodeIn,
    FactorsOut,
    OptionsOut,
    PasskeyIn,
    RecoveryCodesOut,
    SignInTriesOut,
    TotpOut,
)
from shared.web import actor, blueprint, client_address, device, fresh, may, reading, runtime, writing

factors = blueprint("factors", "Второй шаг входа · Second factors")


def own_id():
    return whose(actor())[1]


def here():
    return Visit(client_address(), device())


def site():
    return Site.of(runtime().settings.public_url)


@factors.route("/me/factors", methods=["GET"])
@may("keep own factors")
@factors.response(200, FactorsOut)
def get_factors():
    with reading() as session:
        due = {
            "is_required": standing.is_bound(session, own_id()),
            "due_at": standing.due_at(session, own_id()),
        }
        return queries.factors(session, own_id()) | due


@factors.route("/me/totp", methods=["POST"])
@may("keep own factors")
@fresh
@factors.response(201, TotpOut)
def post_totp():
    with writing() as session:
        secret, uri = totp.begin_totp(session, own_id())
    return {"secret": secret, "uri": uri}


@factors.route("/me/totp", methods=["PUT"])
@may("keep own factors")
@fresh
@factors.arguments(CodeIn)
@factors.response(200, RecoveryCodesOut)
def put_totp(body):
    with writing() as session:
        return {"recovery_codes": add_totp(session, own_id(), body["code"], here())}


@factors.route("/me/totp", methods=["DELETE"])
@may("keep own factors")
@fresh
@factors.response(204)
def delete_totp():
    with writing() as session:
        drop_totp(session, own_id(), here())


@factors.route("/me/recovery-codes", methods=["POST"])
@may("keep own factors")
@fresh
@factors.response(201, RecoveryCodesOut)
def post_recovery_codes():
    with writing() as session:
        return {"recovery_codes": renew_codes(session, own_id(), here())}


@factors.route("/me/passkeys/challenge", methods=["POST"])
@may("keep own factors")
@fresh
@factors.response(200, OptionsOut)
def post_passkey_challenge():
    with reading() as session:
        return {"options": passkeys.registration_options(session, site(), own_id())}


@factors.route("/me/passkeys", methods=["POST"])
@may("keep own factors")
@fresh
@factors.arguments(PasskeyIn)
@factors.response(201, RecoveryCodesOut)
def post_passkey(body):
    with writing() as session:
        return {"recovery_codes": add_passkey(session, site(), own_id(), **body, visit=here())}


@factors.route("/me/passkeys/<uuid:passkey_id>", methods=["DELETE"])
@may("keep own factors")
@fresh
@factors.response(204)
def delete_passkey(passkey_id):
    with writing() as session:
        drop_passkey(session, own_id(), passkey_id, here())


@factors.route("/me/sign-ins", methods=["GET"])
@may("see own sessions")
@factors.response(200, SignInTriesOut)
def get_sign_ins():
    with reading() as session:
        return {"items": queries.sign_in_tries(session, own_id()), "next": None}


@factors.route("/people/<uuid:person_id>/factors", methods=["DELETE"])
@may("reset factors")
@fresh
@factors.response(204)
def delete_factors(person_id):
    with writing() as session:
        reset_factors(session, person_id, by=own_id())
