"""`parta identity …`: what an operator of the machine does before anybody can sign in."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TextIO
from uuid import UUID

import click
from sqlalchemy import select

from shared.assembly import open_database
from shared.db import EVERY_SCHOOL, Database
from shared.settings import Settings


def _opened() -> tuple[Settings, Database]:
    settings = Settings.from_env("identity")
    return settings, open_database(settings)


@click.group("identity")
def commands() -> None:
    """Schools, clients and passwords."""


@commands.command("found-school")
@click.argument("name")
@click.option("--time-zone", default="Europe/Moscow", show_default=True)
@click.option("--operator", default="Оператор", help="Family name, given name, patronymic of the operator.")
def found(name: str, time_zone: str, operator: str) -> None:
    """Found a school and print how its operator signs in, once."""
    from services.identity.actions.school.schools import found_school
    from shared.ids import new_id
    from shared.names import split_name

    _, database = _opened()
    with database.writing(new_id()) as session:
        founded = found_school(session, name, time_zone, operator=split_name(operator))
    click.echo(f"school {founded.school_id}")
    click.echo(f"login {founded.login}")
    click.echo(f"one-time password {founded.one_time_password}")


@commands.command()
@click.argument("client_id")
@click.option("--scope", "scopes", multiple=True, default=("events:read",), show_default=True)
@click.option("--school", type=click.UUID, help="Bind the client to one school.")
@click.option("--secret-file", type=click.File(), help="Use the secret in this file instead of a new one.")
@click.option("--key-file", type=click.File(), help="A public key to know it by (PEM or JWKS), no secret.")
def client(
    client_id: str,
    scopes: tuple[str, ...],
    school: UUID | None,
    secret_file: TextIO | None,
    key_file: TextIO | None,
) -> None:
    """Make a client, or give it a new secret, and print the secret, once."""
    from services.identity.actions.programs.assertions import public_keys
    from services.identity.actions.programs.clients import ensure_client, let_prove_by_key

    _, database = _opened()
    given = secret_file.read().strip() if secret_file else None
    with _said(), database.writing(EVERY_SCHOOL) as session:
        secret = ensure_client(session, client_id, given, scopes=scopes, school_id=school)
        if key_file:
            let_prove_by_key(session, client_id, public_keys(key_file.read()))
    click.echo("done" if given or key_file else secret)


@commands.command("rotate-keys")
@click.option("--compromised", is_flag=True, help="The present key was stolen: void all it signed.")
def rotate_keys(*, compromised: bool) -> None:
    """Let the next key sign tokens from now on, and make another; nobody has to sign in again."""
    from services.identity.actions.programs.keys import rotate_now

    _, database = _opened()
    with _said(), database.writing(EVERY_SCHOOL) as session:
        rotate_now(session, is_compromised=compromised)
    click.echo("done")


@commands.command()
@click.argument("provider_id")
@click.argument("issuer")
@click.option("--title", required=True, help="What people see on the sign-in page.")
@click.option("--client-id", required=True, help="What the provider knows us by.")
@click.option("--secret-file", type=click.File(), required=True, help="Our secret there, or a private key.")
@click.option("--private-key", is_flag=True, help="The file holds a private key on P-256 (PEM).")
@click.option("--scope", "scopes", multiple=True, default=("openid",), show_default=True)
@click.option("--counts-as", multiple=True, default=("fed",), show_default=True, help="Its amr here.")
@click.option("--school", type=click.UUID, help="For people of one school only.")
def provider(
    provider_id: str,
    issuer: str,
    school: UUID | None,
    secret_file: TextIO,
    *,
    private_key: bool,
    **given: Any,
) -> None:
    """Let people sign in by another OpenID Connect provider."""
    from services.identity.actions.programs.providers import configure_provider

    _, database = _opened()
    described = given | {
        "issuer": issuer,
        "auth_method": "private_key_jwt" if private_key else "client_secret_basic",
        "secret": secret_file.read().strip(),
        "scopes": list(given["scopes"]),
        "counts_as": list(given["counts_as"]),
        "is_enabled": True,
    }
    with _said(), database.writing(school or EVERY_SCHOOL) as session:
        configure_provider(session, provider_id, described)
    click.echo("done")


@contextmanager
def _said() -> Iterator[None]:
    """Say a refusal as a command does."""
    from shared.errors import Refusal

    try:
        yield
    except Refusal as refused:
        raise click.ClickException(refused.say("en")[1]) from refused


@commands.command("seal-key")
def seal_key() -> None:
    """Print a new key for PARTA_IDENTITY_SEAL_KEYS; put it first there, restart, then `reseal`."""
    from services.identity.actions.programs.sealing import new_key

    click.echo(new_key())


@commands.command("reseal")
def reseal_all() -> None:
    """Seal every secret with the first of PARTA_IDENTITY_SEAL_KEYS; the others may go afterwards."""
    from services.identity.actions.programs.sealing import reseal

    _, database = _opened()
    with database.writing(EVERY_SCHOOL) as session:
        changed = reseal(session)
    click.echo(f"{changed} sealed anew")


@commands.command()
@click.argument("login")
@click.option("--factors", is_flag=True, help="Take away their second factors as well.")
def password(login: str, *, factors: bool) -> None:
    """Give somebody a new one-time code and print it, once; their password is void, their sessions end."""
    from services.identity.actions.signing_in.codes import issue_codes
    from services.identity.actions.signing_in.own_factors import reset_factors

    _, database = _opened()
    school_id, person_id = _account(database, login)
    with database.writing(school_id) as session:
        issued = issue_codes(session, [person_id])
        if factors:
            reset_factors(session, person_id, by=None)
    click.echo(issued[person_id][1])


@commands.command("grant-role")
@click.argument("login")
@click.argument("role", type=click.Choice(["operator", "director"]))
@click.option("--reason", required=True, help="By whose order; it is kept with the proposals of two persons.")
def grant(login: str, role: str, reason: str) -> None:
    """Give a grave role where the school has nobody to approve it; it is recorded as such."""
    from services.identity.actions.approvals import grant_at_the_machine

    _, database = _opened()
    school_id, person_id = _account(database, login)
    with database.writing(school_id) as session:
        grant_at_the_machine(session, person_id, role, reason)
    click.echo("done")


def _account(database: Database, login: str) -> tuple[UUID, UUID]:
    """Return whose login it is: the school and the person."""
    from services.identity.actions.signing_in.logins import login_of
    from services.identity.models import Account

    with database.reading(EVERY_SCHOOL) as session:
        found = session.scalars(select(Account).where(Account.login == login_of(login))).first()
    if found is None:
        raise click.ClickException(f"Nobody signs in as {login}.")
    return found.school_id, found.person_id


@commands.command("verify-access-log")
@click.option("--roots", type=click.File(), help="Roots kept elsewhere, as access-roots prints them.")
def verify_access_log(roots: TextIO | None) -> None:
    """Name the first record of the access log that was altered; exit with 2 when there is one."""
    from services.identity.actions.privacy.access_chain import verify_log

    _, database = _opened()
    outside = [line.split() for line in roots or () if line.strip()]
    broken = verify_log(database, [(chain, day, digest) for chain, day, digest in outside])
    if broken is None:
        click.echo("the access log is as it was sealed")
        return
    click.echo(f"{broken.chain} record {broken.record_id or '?'} number {broken.number}: {broken.why}")
    raise SystemExit(2)


@commands.command("access-roots")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="From this day on.")
def access_roots(since: datetime | None) -> None:
    """Print the daily roots of the access log, to be kept on paper or on another machine."""
    from services.identity.models import AccessRoot

    _, database = _opened()
    found = select(AccessRoot).order_by(AccessRoot.day, AccessRoot.chain)
    if since is not None:
        found = found.where(AccessRoot.day >= since.date())
    with database.reading(EVERY_SCHOOL) as session:
        for root in session.scalars(found):
            click.echo(f"{root.chain} {root.day} {root.digest.hex()}")


@commands.command("incident-report")
@click.option("--login", help="The account that was stolen.")
@click.option("--session", "session_id", type=click.UUID, help="Or the one session.")
@click.option("--client", "client_id", help="Or the program.")
@click.option("--from", "since", type=click.DateTime(), required=True, help="UTC")
@click.option("--until", type=click.DateTime(), required=True, help="UTC")
def incident_report(
    login: str | None, session_id: UUID | None, client_id: str | None, since: datetime, until: datetime
) -> None:
    """List whose data a stolen account, session or program saw or changed (SECURITY 55)."""
    from services.identity.actions.privacy.incident import NobodyByThatLogin, Stolen, people_touched

    if not (login or session_id or client_id):
        raise click.UsageError("Give --login, --session or --client.")
    _, database = _opened()
    stolen = Stolen(since.replace(tzinfo=UTC), until.replace(tzinfo=UTC), login, session_id, client_id)
    try:
        touched = people_touched(database, stolen)
    except NobodyByThatLogin as wrong:
        raise click.ClickException(f"Nobody signs in as {login}.") from wrong
    for one in touched:
        done = ", ".join(f"{endpoint} ×{count}" for endpoint, count in sorted(one.done.items()))
        click.echo(f"{one.person_id} {one.name}: {one.first:%Y-%m-%d %H:%M:%S} … {one.last:%H:%M:%S}, "
                   f"{done}, from {', '.join(sorted(one.addresses))}")  # fmt: skip
    click.echo(f"{len(touched)} people")
