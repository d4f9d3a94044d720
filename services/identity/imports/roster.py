"""From an archive to a roster: which format, which school, and whether all rows fit together."""

from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

from services.identity.actions.importing.roster import PARTA, Roster
from services.identity.imports import oneroster, sds
from services.identity.imports.checks import Known, check_references
from services.identity.imports.choice import choose_org, roster_of
from services.identity.imports.parsed import Parsed
from shared.errors import Invalid, Text
from shared.imports import BadRows, RowError, Table, is_zip, read_csv, unpack


class NotARoster(Invalid):
    """The archive holds neither a OneRoster nor an SDS set."""

    title = Text("Формат не распознан", "The format was not recognised")
    detail = Text(
        "Нужен ZIP с файлами CSV OneRoster 1.1/1.2 (orgs, users, classes, enrollments) или Microsoft "
        "SDS (School, Section, Student, Teacher и др.). Найдено: {found}.",
        "A ZIP of OneRoster 1.1/1.2 CSV files (orgs, users, classes, enrollments) or of Microsoft SDS "
        "ones (School, Section, Student, Teacher …) is needed. Found: {found}.",
    )


class SeveralSets(Invalid):
    """The archive holds the same file in several folders."""

    title = Text("В архиве несколько наборов файлов", "The archive holds several sets of files")
    detail = Text(
        "Файл {file} встречается в разных папках. Загрузите каждую папку отдельным архивом.",
        "The file {file} is in several folders. Import each folder as an archive of its own.",
    )


def read_archive(content: bytes, org: str | None, known: Callable[[str], Known]) -> Roster:
    """Read a ZIP into the roster of one school, or refuse it with every bad row.

    `org` names the school where the file has several: its id, name or identifier, or `*` for all.
    `known` returns the ids met in earlier imports of a source: a file of changes may refer to them.
    """
    parsed = parse(csv_files(content))
    check_references(parsed, known(parsed.source))
    if parsed.errors:
        raise BadRows(parsed.errors)
    roster = roster_of(parsed, choose_org(parsed, org))
    if parsed.errors:
        raise BadRows(parsed.errors)
    return roster


def csv_files(content: bytes) -> dict[str, tuple[str, bytes]]:
    """Return the CSV files by their name in lower case without ending, wherever they lie."""
    if not is_zip(content):
        raise NotARoster(found=Text("это не ZIP", "not a ZIP"))
    found: dict[str, tuple[str, bytes]] = {}
    for path, data in unpack(content).items():
        file = PurePosixPath(path)
        if file.suffix.casefold() != ".csv" or file.parts[0] == "__MACOSX":
            continue
        if file.stem.casefold() in found:
            raise SeveralSets(file=file.name)
        found[file.stem.casefold()] = (file.name, data)
    return found


def parse(files: Mapping[str, tuple[str, bytes]]) -> Parsed:
    """Read the files of whichever format they are in; errors are collected, not raised."""
    tables = {stem: read_csv(data, name) for stem, (name, data) in files.items()}
    if {"school", "student"} <= tables.keys():
        british = "dfe number" in tables["school"].columns
        parsed = Parsed("SDS UK" if british else "SDS v1", "sds", tables=tables)
        read, required = sds.read_sds, sds.REQUIRED
    elif {"orgs", "users"} <= tables.keys():
        parsed = Parsed(_kind(tables), _source(tables), tables=tables)
        read, required = oneroster.read_oneroster, oneroster.REQUIRED
    else:
        raise NotARoster(found=", ".join(sorted(files)) or "—")
    for table in tables.values():
        parsed.errors.extend(table.errors)
    if _has_columns(parsed, required):
        read(parsed)
    return parsed


def _kind(tables: Mapping[str, Table]) -> str:
    if _source(tables) == "sds":
        return "SDS v2.1" if "roles" in tables else "SDS v2"
    if "manifest" in tables:
        for row in tables["manifest"].rows:
            if row.get("propertyName") == "oneroster.version" and row.get("value"):
                return f"OneRoster {row.get('value')}"
    return "OneRoster 1.2" if "roles" in tables else "OneRoster 1.1"


def _source(tables: Mapping[str, Table]) -> str:
    if "manifest" in tables:
        for row in tables["manifest"].rows:
            if row.get("propertyName") == "source.systemCode" and row.get("value") == PARTA:
                return PARTA
    # OneRoster numbers its enrolments; SDS borrowed its columns, but not these.
    numbered = "enrollments" in tables and "sourcedid" in tables["enrollments"].columns
    return "oneroster" if "manifest" in tables or numbered else "sds"


Required = Mapping[str, tuple[tuple[str, ...], ...]]


def _has_columns(parsed: Parsed, required: Required) -> bool:
    missing = []
    for stem, columns in required.items():
        table = parsed.tables.get(stem)
        if table is None:
            if stem not in oneroster.OPTIONAL and not _is_absent(parsed, stem):
                said = Text("Файла нет в архиве; добавьте его.", "The file is not in the archive; add it.")
                missing.append(RowError(f"{stem}.csv", 0, "", said))
            continue
        for names in columns:
            if table.columns and not {name.casefold() for name in names} & set(table.columns):
                said = Text("Столбца нет; добавьте его.", "The column is missing; add it.")
                missing.append(RowError(table.file, 1, names[0], said))
    parsed.errors.extend(missing)
    return not missing


def _is_absent(parsed: Parsed, stem: str) -> bool:
    """Whether the manifest says that this file was left out on purpose."""
    return any(
        row.get("propertyName").casefold() == f"file.{stem}" and row.get("value") == "absent"
        for row in parsed.rows("manifest")
    )
