"""Why a movement is refused, each with what to do next."""

from services.identity.models import Movement
from services.identity.rules.movements import KINDS
from shared.errors import Conflict, Invalid, Text


class LaterMovement(Conflict):
    """A movement with a later day stands on the pupil's present place."""

    title = Text("Есть более позднее движение", "There is a later movement")
    detail = Text(
        "У ученика записано: {kind} с {on}, приказ № {order}. Сначала отмените его, затем запишите это.",
        "On record: {kind} as of {on}, order № {order}. Reverse that one first, then record this one.",
    )

    @classmethod
    def than(cls, last: Movement) -> "LaterMovement":
        """Return the refusal that names the movement in the way."""
        return cls(kind=KINDS[last.kind], on=f"{last.effective_on:%d.%m.%Y}", order=last.order_number or "—")


class AlreadyReversed(Conflict):
    """The movement was taken back before."""

    title = Text("Движение уже отменено", "The movement is reversed already")
    detail = Text("Обновите страницу: отмена уже записана.", "Reload the page: the reversal is on record.")


class StillInAClass(Conflict):
    """Only who is in no class can be enrolled."""

    title = Text("Ученик уже числится в классе", "The pupil is in a class already")
    detail = Text(
        "Ученик числится в классе «{group}» с {from_on}. Оформите перевод или сначала выбытие.",
        "The pupil has been in class “{group}” since {from_on}. Record a transfer, or a departure first.",
    )


class NotInAClass(Conflict):
    """The pupil is in no class on that day."""

    title = Text("Ученик не числится в классе", "The pupil is in no class")
    detail = Text(
        "{on} ученик не числится ни в одном классе. Проверьте день или оформите зачисление.",
        "The pupil is in no class on {on}. Check the day, or record an enrolment.",
    )


class NeverHere(Conflict):
    """Only who left can return."""

    title = Text("Ученик не выбывал", "The pupil never left")
    detail = Text(
        "Раньше ученик в классах школы не числился. Оформите зачисление.",
        "The pupil was in no class of the school before. Record an enrolment.",
    )


class SameClass(Conflict):
    """A transfer goes to another class."""

    title = Text("Это тот же класс", "It is the same class")
    detail = Text(
        "Ученик уже в классе «{group}». Выберите другой.", "The pupil is in “{group}”. Choose another."
    )


class OnlyIntoAClass(Invalid):
    """A movement leads into a class; its groups are named beside it."""

    title = Text("Это не класс", "This is no class")
    detail = Text("«{group}» — не класс. Выберите класс.", "“{group}” is no class. Choose a class.")


class NotAGroupOfTheClass(Invalid):
    """The group belongs to another class."""

    title = Text("Группа не этого класса", "The group is not of this class")
    detail = Text(
        "«{group}» не входит в класс «{into}». Выберите группу этого класса или его параллели.",
        "“{group}” is not within class “{into}”. Choose a group of the class or of its parallel.",
    )


class TwoParts(Conflict):
    """A pupil is in one group of a division at a time."""

    title = Text("Две группы одного деления", "Two groups of one division")
    detail = Text(
        "«{group}» и «{other}» — части одного деления. Выберите одну из них.",
        "“{group}” and “{other}” are parts of one division. Choose one of them.",
    )
