"""The paper forms of consents: one sheet per pupil and purpose, with all that ст. 9 152-ФЗ asks for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from reportlab.platypus import Flowable

from services.identity.rules.consents import FORM_VERSION, PURPOSES, VOLUNTARY, WITHDRAWAL, text_sha256
from shared import paper


@dataclass(frozen=True)
class Operator:
    """The school as the law names it: who is consented to."""

    name: str
    address: str


@dataclass(frozen=True)
class Form:
    """Whose form it is; a pupil's is signed by a representative."""

    kind: str
    person: str
    signer: str = ""
    birth_on: date | None = None
    group: str = ""
    by_representative: bool = True


def draw_forms(operator: Operator, forms: Iterable[Form]) -> bytes:
    """Draw the forms, each on a sheet of its own."""
    story: list[Flowable] = []
    for form in forms:
        if story:
            story.append(paper.new_page())
        story += _sheet(operator, form)
    return paper.draw(story, "Согласия на обработку персональных данных")


def _sheet(operator: Operator, form: Form) -> Iterator[Flowable]:
    purpose = PURPOSES[form.kind]
    yield paper.text(f"Директору: {operator.name}")
    yield paper.text(f"Адрес оператора персональных данных: {operator.address or '_' * 40}")
    yield paper.title("Согласие на обработку персональных данных")
    yield paper.text(f"Цель: {purpose.title.ru}")
    yield paper.blank("Я (фамилия, имя, отчество)", form.signer)
    yield paper.blank("Адрес регистрации")
    yield paper.blank("Паспорт: серия, номер")
    yield paper.blank("Кем и когда выдан")
    if form.by_representative:
        yield from _represented(form)
    yield paper.gap(6)
    yield paper.text(
        f"в соответствии со ст. 9 Федерального закона от 27.07.2006 № 152-ФЗ «О персональных данных» "
        f"даю согласие оператору ({operator.name}) на обработку персональных данных:"
    )
    yield paper.table(_terms(form.kind), (0.28, 0.72))
    yield paper.gap(6)
    yield paper.text(f"{WITHDRAWAL} {VOLUNTARY}", small=True)
    yield paper.blank("Дата")
    yield paper.blank("Подпись и расшифровка")
    digest = text_sha256(form.kind)
    yield paper.gap(6)
    yield paper.text(f"Форма {FORM_VERSION}, «{form.kind}», SHA-256 текста: {digest}", small=True)


def _represented(form: Form) -> Iterator[Flowable]:
    born = f", {form.birth_on:%d.%m.%Y}" if form.birth_on else ""
    group = f", класс {form.group}" if form.group else ""
    yield paper.blank("законный представитель ученика", f"{form.person}{born}{group}")
    yield paper.blank("Документ, подтверждающий полномочия (свидетельство о рождении, акт опеки)")


def _terms(kind: str) -> list[tuple[str, str]]:
    purpose = PURPOSES[kind]
    return [
        ("Условие", "Содержание"),
        ("Цель обработки", purpose.title.ru),
        ("Перечень данных", purpose.data),
        ("Действия с данными", f"{purpose.actions}; с использованием средств автоматизации и без них"),
        ("Кто обрабатывает", "оператор; третьим лицам обработка не поручается"),
        ("Срок", f"{purpose.term} либо до отзыва"),
    ]
