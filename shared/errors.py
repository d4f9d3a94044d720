"""Refusals: what a service will not do, said so that the person knows what to do next.

They know no HTTP; `shared.web` turns them into problem documents in the caller's language.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple


class Text(NamedTuple):
    """One text in the languages of the interface; `{name}` is filled from the refusal's facts."""

    ru: str
    en: str

    def said(self, language: str) -> str:
        """Return it in one of the languages, `ru` or `en`."""
        return self.en if language == "en" else self.ru


class Refusal(Exception):
    """The request was understood and is refused; nothing has changed."""

    title: ClassVar[Text]
    detail: ClassVar[Text]

    def __init__(self, *, errors: Mapping[str, Any] | None = None, **facts: object) -> None:
        """Keep the facts that fill the texts, and per-field (or per-row) errors when there are."""
        super().__init__(type(self).__name__, facts)
        self.facts = facts
        self.errors = errors

    def say(self, language: str) -> tuple[str, str]:
        """Return title and detail in `ru` or `en`."""
        title, detail = self.title.said(language), self.detail.said(language)
        facts = {
            name: fact.said(language) if isinstance(fact, Text) else fact for name, fact in self.facts.items()
        }
        return title, detail.format(**facts)


class NotFound(Refusal):
    """There is no such thing, or it is not the caller's to see."""

    title = Text("Не найдено", "Not found")
    detail = Text(
        "Такой записи нет или она вам недоступна. Проверьте адрес или вернитесь к списку.",
        "There is no such thing, or it is not yours to see. Check the address or go back to the list.",
    )


class Denied(Refusal):
    """The caller may see the thing but not do this to it."""

    title = Text("Недостаточно прав", "Not allowed")
    detail = Text(
        "Ваша роль этого не позволяет. Обратитесь к заместителю директора или оператору школы.",
        "Your role does not allow this. Ask the deputy head or the school's operator.",
    )


class Unproven(Refusal):
    """The caller has not shown to be who they say they are."""


class TooSoon(Refusal):
    """It was tried too often; `seconds` says when to try again."""


class Conflict(Refusal):
    """The thing's present state does not allow it."""


class Stale(Conflict):
    """The thing was changed by somebody else since the caller saw it."""

    title = Text("Данные изменились", "The data has changed")
    detail = Text(
        "Пока вы работали, запись изменил кто-то другой. Обновите страницу и повторите.",
        "Somebody else changed this while you worked. Reload it and try again.",
    )


class Invalid(Refusal):
    """What was sent is malformed or breaks a rule of the school."""

    title = Text("Данные не приняты", "The data was not accepted")
    detail = Text(
        "Исправьте указанные поля и повторите.",
        "Correct the fields named and send it again.",
    )


class Unavailable(Refusal):
    """It cannot be done this second; the same request may succeed shortly."""

    title = Text("Сервис занят", "The service is busy")
    detail = Text(
        "Ничего не изменено. Повторите через несколько секунд.",
        "Nothing was changed. Try again in a few seconds.",
    )
