"""What of a `.fet` has no counterpart here: each kind of thing with its number and the reason."""

from collections.abc import Iterator

from services.schedule.imports.document import Node
from services.schedule.imports.modes import BLOCKS, TERMS
from services.schedule.imports.timetable import Ignored, Timetable
from shared.errors import Text

UNUSED = Text(
    "Правило составления: журналу нужен готовый результат.",
    "A rule for making the timetable; the journal needs its result.",
)
SOFT = Text(
    "Пожелание с весом ниже 100 % или отключённое: это не место в расписании.",
    "A wish of less than 100 % or switched off: no place in the timetable.",
)
INACTIVE = Text("Занятие отключено в FET.", "The activity is switched off in FET.")
OF_INACTIVE = Text(
    "Место занятия, которое отключено в FET или не имеет предмета.",
    "The place of an activity that is switched off in FET or has no subject.",
)
NO_SUBJECT = Text(
    "Занятие без предмета занимает время, но вести по нему журнал нельзя.",
    "An activity without a subject takes up time, but no journal can be kept of it.",
)
NO_STUDENTS = Text(
    "Занятие без учащихся (совещание, дежурство): страницы журнала у него нет.",
    "An activity without students (a meeting, a duty) has no page in the journal.",
)
UNUSED_GROUPS = Text(
    "Подгруппа без занятий: FET делит классы на подгруппы сам.",
    "A subgroup without activities: FET divides classes by itself.",
)
ROTATION = Text(
    "Дни файла не складываются в одну неделю или две чередующиеся (до 7, 10, 12 или 14 дней): занятия "
    "останутся без места.",
    "The days make neither one week nor two alternating ones (up to 7, 10, 12 or 14 days): activities "
    "stay without a place.",
)
OF_ROTATION = Text(
    "Место в цикле дней, который не делится на недели: поставьте урок вручную.",
    "A place in a cycle of days that makes no weeks: place the lesson by hand.",
)
_MODES = {
    TERMS: Text(
        "Режим FET «семестры»: дни всех семестров стоят подряд, недели из них не получается; занятия "
        "останутся без места.",
        "FET's mode for terms: the days of all terms follow one another and make no week; activities stay "
        "without a place.",
    ),
    BLOCKS: Text(
        "Режим FET «блоки»: днём назван учитель, а часом — блок года; занятия останутся без места.",
        "FET's mode for block planning: a day is a teacher and an hour a block of the year; activities "
        "stay without a place.",
    ),
}
TAGS = Text(
    "Метка занятия нужна только правилам составления.", "A tag of activities serves FET's rules only."
)
VIRTUAL = Text(
    "Виртуальный кабинет — набор настоящих; здесь это просто кабинет с тем же именем.",
    "A virtual room is a set of real ones; here it is a room of that name.",
)
QUALIFIED = Text(
    "Какие предметы вправе вести учитель, видно из нагрузки.", "The load tells which subjects a teacher has."
)
TARGET = Text(
    "Желаемая нагрузка: действует та, что по занятиям.", "The hours wished for: those taught count."
)
COUNTED = Text("Состав и численность ведёт список класса.", "The class list keeps who and how many they are.")
HALF_DAYS_RULE = "Mornings_Afternoons_Behavior"
NOTHING = ("", "0", "false")
OPTIONS = Text("Настройка хода составления.", "An option of how FET searches.")
COMMENTS = Text("Комментарий FET.", "A comment in FET.")


def rotation_of(mode: str, days: int) -> Ignored:
    """Tell that the days of a file make no weeks."""
    return Ignored("Days_List", days, _MODES.get(mode, ROTATION))


def of_lists(root: Node) -> Iterator[Ignored]:
    """Tell what the lists of a file say beyond names, rooms and activities."""
    exceptions = sum(len(node.children) for node in root.children if node.tag.startswith("Exception_"))
    for what, count, why in (
        ("Activity_Tag", _told(root, "Activity_Tags_List", "Name"), TAGS),
        ("Virtual", _told(root, "Rooms_List", "Virtual"), VIRTUAL),
        ("Qualified_Subjects", _told(root, "Teachers_List", "Qualified_Subjects"), QUALIFIED),
        ("Target_Number_of_Hours", _told(root, "Teachers_List", "Target_Number_of_Hours"), TARGET),
        (HALF_DAYS_RULE, _told(root, "Teachers_List", HALF_DAYS_RULE), UNUSED),
        ("Exception_Teachers", exceptions, UNUSED),
        ("Category", _told(root, "Students_List", "Category"), COUNTED),
        ("Number_of_Students", _deep(root.first("Students_List"), "Number_of_Students"), COUNTED),
        ("Number_Of_Students", _told(root, "Activities_List", "Number_Of_Students"), COUNTED),
        ("Timetable_Generation_Options", _size(root, "Timetable_Generation_Options_List"), OPTIONS),
        ("Comments", _deep(root, "Comments"), COMMENTS),
    ):
        if count:
            yield Ignored(what, count, why)


def of_activities(timetable: Timetable, switched_off: int, without_subject: int) -> Iterator[Ignored]:
    """Tell of activities that are not taken, or have no page here, and of groups that nobody teaches."""
    used = {name for one in timetable.activities.values() for name in one.students}
    idle = sum(one.kind == "group" and one.name not in used for one in timetable.sets.values())
    nobody = sum(not one.students for one in timetable.activities.values())
    for what, count, why in (
        ("Activity", switched_off, INACTIVE),
        ("Activity", without_subject, NO_SUBJECT),
        ("Activity", nobody, NO_STUDENTS),
        ("Subgroup", idle, UNUSED_GROUPS),
    ):
        if count:
            yield Ignored(what, count, why)


def _says(node: Node) -> bool:
    return bool(node.children) or node.text.casefold() not in NOTHING


def _told(root: Node, list_tag: str, field: str) -> int:
    """Count the entries of a list that say something in a field."""
    listed = root.first(list_tag)
    return sum(any(map(_says, one.all(field))) for one in listed.children) if listed else 0


def _size(root: Node, list_tag: str) -> int:
    listed = root.first(list_tag)
    return len(listed.children) if listed else 0


def _deep(node: Node | None, field: str) -> int:
    if node is None:
        return 0
    return sum((one.tag == field and _says(one)) or _deep(one, field) for one in node.children)
