"""The first start of a folder: what its operator is told, and the demonstration when asked for."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Table

from deploy.caller import Caller
from deploy.demo.fill import fill
from deploy.founding import FIRST_LOGIN, found
from deploy.single import CLI, CLI_CLIENT, School

FILLED = "demo.filled"


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
