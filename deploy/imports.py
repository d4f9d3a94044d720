"""`parta import`: bring people and a timetable in from files, through the services' own APIs."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from deploy.caller import Caller, Refused, Target, caller_of
from deploy.timetables import import_fet, import_timetable


def import_oneroster(
    caller: Caller, archive: bytes, *, org: str = "", dry_run: bool = False
) -> dict[str, Any]:
    """Bring in people, classes and rosters from a OneRoster or SDS archive (ZIP)."""
    params = {"dry_run": str(dry_run).lower()} | ({"org": org} if org else {})
    files = {"file": ("oneroster.zip", archive)}
    return caller.post("identity", "/imports/oneroster", params=params, files=files)


@dataclass(frozen=True)
class People:
    """A list of pupils or staff to be brought in, and how it is to be read."""

    name: str
    content: bytes
    who: str = "auto"
    is_complete: bool = False
    answers: tuple[tuple[str, str], ...] = ()


def rehearse_people(caller: Caller, people: People) -> dict[str, Any]:
    """Return what a list would do, with these answers to its questions; nothing changes yet."""
    params = {"who": people.who, "is_complete": str(people.is_complete).lower()}
    files = {"file": (people.name, people.content)}
    report = caller.post("identity", "/imports", params=params, files=files)
    if not people.answers:
        return report
    path = f"/imports/{report['id']}/decisions"
    return caller.post("identity", path, method="PUT", json={"decisions": dict(people.answers)})


def apply_people(caller: Caller, report: dict[str, Any]) -> dict[str, Any]:
    """Do what a rehearsal showed."""
    path = f"/imports/{report['id']}/application"
    return caller.post("identity", path, json={"digest": report["digest"]})


def packed(path: Path) -> bytes:
    """Return a ZIP as it is, and a folder of files as a ZIP."""
    if path.is_file():
        return path.read_bytes()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(p for p in path.rglob("*") if p.is_file()):
            archive.write(file, file.relative_to(path).as_posix())
    return buffer.getvalue()


@click.group("import")
@click.option("--name", default="", help="The school's name, when the folder is untouched.")
@click.option("--time-zone", default="", help="Its time zone, such as Asia/Omsk.")
@click.pass_context
def imports(context: click.Context, *, name: str, time_zone: str) -> None:
    """Bring a school in from files; all of a file or nothing, and again changes nothing."""
    context.obj = Target(context.obj, name, time_zone)


@imports.command()
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--org", default="", help="Which school of the file, when it has several.")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.pass_obj
def oneroster(target: Target, *, source: Path, org: str, dry_run: bool) -> None:
    """Import people, classes and rosters: OneRoster CSV or Microsoft SDS, a folder or a ZIP."""
    console = Console(stderr=True)
    with console.status(f"{source.name} …"), caller_of(target) as caller:
        report = import_oneroster(caller, packed(source), org=org, dry_run=dry_run)
    _print(report)


@imports.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--who", type=click.Choice(["auto", "pupils", "staff"]), default="auto", help="Who is listed.")
@click.option("--complete", is_flag=True, help="Whoever is not in the file has left its classes.")
@click.option("--answer", nargs=2, multiple=True, metavar="KEY ID", help="Whom a row means: an id, or new.")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.pass_obj
def people(
    target: Target,
    *,
    source: Path,
    who: str,
    complete: bool,
    answer: tuple[tuple[str, str], ...],
    dry_run: bool,
) -> None:
    """Import a list of pupils with their parents, or of staff: XLSX or CSV with columns of any name."""
    console = Console(stderr=True)
    with caller_of(target) as caller:
        with console.status(f"{source.name}: читаю и сравниваю со школой …"):
            report = rehearse_people(caller, People(source.name, source.read_bytes(), who, complete, answer))
        _tell_progress(console, report)
        _refuse_doubtful(report)
        if not dry_run:
            with console.status(f"записываю изменений: {report['change_count']} …"):
                report = apply_people(caller, report)
            console.print("загружено")
    shown = ("format", "created", "changed", "closed", "unchanged", "ignored")
    _print({name: report[name] for name in shown})


def _tell_progress(console: Console, report: dict[str, Any]) -> None:
    totals = {
        name: sum((report[name] or {}).values()) for name in ("created", "changed", "closed", "unchanged")
    }
    told = ", ".join(f"{name}: {total}" for name, total in totals.items())
    console.print(f"прочитано; ошибок: {len(report['errors'])}, вопросов: {len(report['questions'])}; {told}")


def _refuse_doubtful(report: dict[str, Any]) -> None:
    """End with the wrong rows, or with the questions and whom each row may mean."""
    if report["errors"]:
        wrong = {
            "title": "Файл не принят",
            "detail": f"Ошибок: {len(report['errors'])}. Ничего не загружено.",
        }
        raise Refused({**wrong, "errors": {"rows": report["errors"]}})
    if report["questions"]:
        rows = [
            {"file": one["file"], "line": one["line"], "column": one["key"], "reason": _asked(one)}
            for one in report["questions"]
        ]
        detail = "Ответьте: --answer КЛЮЧ ID (или new). Ничего не загружено."
        raise Refused({"title": "Есть вопросы", "detail": detail, "errors": {"rows": rows}})


def _asked(question: dict[str, Any]) -> str:
    candidates = (f"{one['id']} {one['name']} {one['about']}".strip() for one in question["candidates"])
    return f"{question['name']}: {question['why']}: {'; '.join(candidates)}"


@imports.command()
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.pass_obj
def fet(target: Target, *, source: Path, dry_run: bool) -> None:
    """Import a FET timetable, solved or not: a .fet file, its CSV, or a folder or ZIP of them."""
    console = Console(stderr=True)
    with console.status(f"{source.name} …"), caller_of(target) as caller:
        name = source.name if source.is_file() else f"{source.name}.zip"
        report = import_fet(caller, name, packed(source), dry_run=dry_run)
    _print(report)


@imports.command()
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--draft", is_flag=True, help="Keep it as a draft; lessons stay as they are.")
@click.option("--no-load", is_flag=True, help="Leave the teachers' load as it is.")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.pass_obj
def timetable(target: Target, *, source: Path, draft: bool, no_load: bool, dry_run: bool) -> None:
    """Import a timetable: FET, aSc XML, Untis GPU files, НИКА, XLSX or CSV; a file, a folder or a ZIP."""
    console = Console(stderr=True)
    with console.status(f"{source.name} …"), caller_of(target) as caller:
        name = source.name if source.is_file() else f"{source.name}.zip"
        report = import_timetable(
            caller, name, packed(source), is_draft=draft, with_load=not no_load, dry_run=dry_run
        )
    _print(report)


def _print(report: dict[str, Any]) -> None:
    """Print a report: counts as a table, then what was left out and why."""
    table = Table("что", "итог")
    lists = {key: value for key, value in report.items() if isinstance(value, list)}
    for key, value in report.items():
        if key not in lists:
            table.add_row(
                key,
                ", ".join(f"{k}: {v}" for k, v in value.items()) if isinstance(value, dict) else str(value),
            )
    console = Console()
    console.print(table)
    for key, items in lists.items():
        if items:
            console.print(f"{key}: {len(items)}")
            for item in items[:50]:
                console.print("  " + ", ".join(f"{k}: {v}" for k, v in item.items()))
