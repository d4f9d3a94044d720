"""`parta identity …`: what an operator of the machine does before anybody can sign in."""

from typing import TextIO
from uuid import UUID

import click
from sqlalchemy import select

from shared.db import EVERY_SCHOOL, Database
from shared.settings import Settings


def _opened() -> tuple[Settings, Database]:
    settings = Settings.from_env("identity")
    return settings, Database(settings.database_url)


@click.group("identity")
def commands() -> None:
    """Schools, clients and passwords."""


@commands.command("found-school")
@click.argument("name")
@click.option("--time-zone", default="Europe/Moscow", show_default=True)
@click.option("--operator", default="Оператор", help="Family name, given name, patronymic of the operator.")
def found(name: str, time_zone: str, operator: str) -> None:
    """Found a school and print how its operator signs in, once."""
    from services.identity.actions.schools import found_school
    from shared.ids import new_id
    from shared.names import split_name

    settings, database = _opened()
    with database.writing(new_id()) as session:
        founded = found_school(
            session,
            name,
            time_zone,
            memory_kib=settings.argon2_memory_kib,
            operator=split_name(operator),
        )
    click.echo(f"school {founded.school_id}")
    click.echo(f"login {founded.login}")
    click.echo(f"one-time password {founded.one_time_password}")


@commands.command()
@click.argument("client_id")
@click.option("--scope", "scopes", multiple=True, default=("events:read",), show_default=True)
@click.option("--school", type=click.UUID, help="Bind the client to one school.")
@click.option("--secret-file", type=click.File(), help="Use the secret in this file instead of a new one.")
def client(client_id: str, scopes: tuple[str, ...], school: UUID | None, secret_file: TextIO | None) -> None:
    """Make a client, or give it a new secret, and print the secret, once."""
    from services.identity.actions.clients import ensure_client
    from shared.errors import Refusal

    _, database = _opened()
    given = secret_file.read().strip() if secret_file else None
    try:
        with database.writing(EVERY_SCHOOL) as session:
            secret = ensure_client(session, client_id, given, scopes=scopes, school_id=school)
    except Refusal as refused:
        raise click.ClickException(refused.say("en")[1]) from refused
    click.echo(secret if given is None else "done")


@commands.command()
@click.argument("login")
def password(login: str) -> None:
    """Give somebody a new one-time password and print it, once; their sessions end."""
    from services.identity.actions.logins import login_of
    from services.identity.actions.passwords import issue_passwords
    from services.identity.models import Account

    settings, database = _opened()
    with database.reading(EVERY_SCHOOL) as session:
        found = select(Account.person_id, Account.school_id).where(Account.login == login_of(login))
        row = session.execute(found).first()
    if row is None:
        raise click.ClickException(f"Nobody signs in as {login}.")
    with database.writing(row.school_id) as session:
        issued = issue_passwords(session, [row.person_id], settings.argon2_memory_kib)
    click.echo(issued[row.person_id][1])
