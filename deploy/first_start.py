"""The first start of a folder: a school and its operator, and the demonstration when asked for."""

from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Table
from sqlalchemy import select

from deploy.caller import Caller
from deploy.demo.fill import fill
from deploy.single import CLI, CLI_CLIENT, School, write_private
from services.identity.actions.programs.clients import ensure_client
from services.identity.actions.school.schools import Founded, found_school
from services.identity.models import School as FoundedSchool
from shared.db import EVERY_SCHOOL
from shared.ids import new_id

FILLED = "demo.filled"
FIRST_LOGIN = "operator.login"  # What the operator of a new school was not told yet.


def begin(school: School, *, demo: bool, name: str, time_zone: str, console: Console) -> None:
    """Found the school when there is none, and fill the demonstration when it is not filled yet.

    A fill that was interrupted goes on where it stopped, for repeating an import changes nothing.
    """
    found(school, name, time_zone)
    if demo and not (school.data / FILLED).exists():
        _fill(school, console)
    elif (school.data / FIRST_LOGIN).exists():
        _tell_first_login(school, console)


def _tell_first_login(school: School, console: Console) -> None:
    kept = school.data / FIRST_LOGIN
    login, password = kept.read_text().split()
    console.print("\nШкола основана. Вход оператора (показывается один раз):")
    console.print(f"  логин [bold]{login}[/bold]  пароль [bold]{password}[/bold]")
    kept.unlink()


def found(school: School, name: str = "Школа", time_zone: str = "Europe/Moscow") -> Founded | None:
    """Found a school in an empty folder; None when there is one.

    Each step may be the last before a kill; the next start does those that are missing.
    """
    identity = school.runtimes["identity"]
    founded, school_id = None, _school_id(school)
    if school_id is None:
        school_id = new_id()
        with identity.database.writing(school_id) as session:
            founded = found_school(session, name, time_zone)
            # Before the commit: a school whose operator nobody knows could never be used.
            write_private(school.data / FIRST_LOGIN, f"{founded.login} {founded.one_time_password}")
    with identity.database.writing(EVERY_SCHOOL) as session:
        ensure_client(session, CLI_CLIENT, school.secrets[CLI], scopes=("import",), school_id=school_id)
    return founded


class SchoolNeeded(SystemExit):
    """A folder holds no school, or another one than was meant."""


def found_as(school: School, name: str, time_zone: str) -> None:
    """Found a school of this name in an untouched folder; refuse to guess it, or to mean another."""
    with school.runtimes["identity"].database.reading(EVERY_SCHOOL) as session:
        known = session.scalars(select(FoundedSchool).limit(1)).first()
    if known is None and not name:
        raise SchoolNeeded(
            f"There is no school in {school.data} yet. Say --name (and --time-zone) after `import`, "
            "or found it with `parta up --name`."
        )
    if known is not None and ((name and name != known.name) or (time_zone and time_zone != known.time_zone)):
        raise SchoolNeeded(
            f"The school in {school.data} is “{known.name}”, {known.time_zone}. Leave --name and --time-zone "
            "out, or change them in the portal: Школа — Параметры."
        )
    found(school, name or (known.name if known else ""), time_zone or "Europe/Moscow")


def _school_id(school: School) -> UUID | None:
    with school.runtimes["identity"].database.reading(EVERY_SCHOOL) as session:
        return session.scalar(select(FoundedSchool.id).limit(1))


def _fill(school: School, console: Console) -> None:
    console.print("Готовлю показательную школу: 800 учеников, 32 класса, журнал с начала года.")
    caller = Caller(school.peers, CLI_CLIENT, school.secrets[CLI])
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console) as progress:
        tasks: dict[str, TaskID] = {}

        def tell(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = progress.add_task(step, total=total)
            progress.update(tasks[step], completed=done, total=total)

        logins = fill(school, caller, tell)
    table = Table("роль", "имя", "логин", "пароль", title="Входы показательной школы (показываются один раз)")
    for login in logins:
        table.add_row(login.role, login.name, login.login, login.password)
    console.print(table)
    (school.data / FIRST_LOGIN).unlink(missing_ok=True)  # The operator has the password above now.
    (school.data / FILLED).touch()
