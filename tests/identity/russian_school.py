"""A Russian school of any size, made up the same way each time, and the lists it would hand over."""

import csv
import io
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import xlsxwriter


def _words(text: str, by: str = " ") -> list[str]:
    return text.split(by)


BOYS = _words("Александр Артём Дмитрий Максим Иван Михаил Даниил Кирилл Егор Матвей Фёдор Семён Пётр Лев")
GIRLS = _words("Анна Мария София Виктория Дарья Полина Алёна Ксения Елизавета Варвара Вера Алиса Ева Злата")
MEN = _words("Алексей Сергей Андрей Владимир Николай Олег Юрий Павел Игорь Роман Артём Виктор Денис Антон")
WOMEN = _words("Ольга Елена Наталья Татьяна Ирина Светлана Юлия Марина Людмила Галина Оксана Лариса")
FAMILIES = _words(
    "Иванов Смирнов Кузнецов Попов Васильев Петров Соколов Михайлов Новиков Фёдоров Морозов Волков Алексеев"
    " Лебедев Семёнов Егоров Павлов Козлов Степанов Николаев Орлов Андреев Макаров Никитин Захаров Зайцев"
    " Соловьёв Борисов Яковлев Григорьев Романов Воробьёв Сергеев Кузьмин Фролов Александров Дмитриев"
    " Королёв Гусев Киселёв Ильин Максимов Поляков Сорокин Виноградов Ковалёв Белов Медведев Антонов Тарасов"
    " Жуков Баранов Филиппов Комаров Давыдов Беляев Герасимов Богданов Осипов Сидоров Матвеев Титов Марков"
    " Миронов Крылов Куликов Карпов Власов Мельников Денисов Гаврилов Тихонов Казаков Афанасьев Данилов"
)
LETTERS = "АБВГД"
PUPILS = tuple(
    _words(
        "№ п/п;Ф.И.О. учащегося;Дата рождения;Пол;Класс;СНИЛС;Адрес проживания;№ личного дела;ФИО матери;"
        "Телефон матери;ФИО отца;Телефон отца;E-mail отца",
        ";",
    )
)


@dataclass
class Pupil:
    """A row of the school's list."""

    family: str
    given: str
    patronymic: str
    birth_on: date
    sex: str
    form: str
    address: str
    file_number: str
    mother: tuple[str, str]
    father: tuple[str, str, str]
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.family} {self.given} {self.patronymic}"


def made_school(pupils: int, seed: int = 5) -> list[Pupil]:
    """Return so many pupils, thirty in a class; no two alike in name and birthday."""
    chance = random.Random(seed)
    made: list[Pupil] = []
    seen: set[str] = set()
    while len(made) < pupils:
        pupil = _pupil(chance, len(made))
        if pupil.name not in seen:
            seen.add(pupil.name)
            made.append(pupil)
    return made


def _pupil(chance: random.Random, number: int) -> Pupil:
    grade, letter = number // 30 // len(LETTERS) + 1, LETTERS[number // 30 % len(LETTERS)]
    is_boy = chance.random() < 0.5
    family, father = chance.choice(FAMILIES), chance.choice(MEN)
    born = date(2019 - grade, 9, 1) + timedelta(days=chance.randrange(364))
    phone = f"8-9{chance.randrange(10**8, 10**9)}"
    return Pupil(
        family=family if is_boy else f"{family}а",
        given=chance.choice(BOYS if is_boy else GIRLS),
        patronymic=_after(father, is_boy=is_boy),
        birth_on=born,
        sex="м" if is_boy else "ж",
        form=chance.choice((f"{grade}{letter}", f'{grade} "{letter}"', f"{grade}-{letter.lower()}")),
        address=f"г. Омск, ул. Мира, д. {chance.randrange(1, 90)}, кв. {chance.randrange(1, 200)}",
        file_number=f"{letter}-{number + 1}",
        mother=(f"{family}а {chance.choice(WOMEN)} {_after(chance.choice(MEN), is_boy=False)}", phone),
        father=(
            f"{family} {father} {_after(chance.choice(MEN), is_boy=True)}",
            f"8-9{chance.randrange(10**8, 10**9)}",
            f"father{number}@example.org",
        ),
    )


def _after(father: str, *, is_boy: bool) -> str:
    """Return the patronymic after a father."""
    stem = "Павл" if father == "Павел" else father.removesuffix("й").removesuffix("ь")
    soft = father[-1] in "йь"
    return stem + (("евич" if soft else "ович") if is_boy else ("евна" if soft else "овна"))


def rows_of(school: Sequence[Pupil]) -> list[list[str]]:
    """Return the rows under the headings."""
    rows = []
    for number, one in enumerate(school, start=1):
        own = [str(number), one.name, f"{one.birth_on:%d.%m.%Y}", one.sex, one.form, f"{number:011}"]
        rows.append([*own, one.address, one.file_number, *one.mother, *one.father])
    return rows


def as_csv(rows: Sequence[Sequence[str]], encoding: str = "cp1251", by: str = ";") -> bytes:
    """Return a list as Excel in Russia saves it."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=by, lineterminator="\r\n")
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(rows: Sequence[Sequence[str | date]], sheet: str = "Список") -> bytes:
    """Return a list as a workbook, days as Excel keeps them."""
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True, "default_date_format": "dd.mm.yyyy"}) as book:
        page = book.add_worksheet(sheet)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return output.getvalue()


def school_list(school: Sequence[Pupil]) -> list[list[str]]:
    """Return the whole list with its headings."""
    return [list(PUPILS), *rows_of(school)]
