"""What a letter says: the gist of all that happened, by pupil and lesson, in the reader's language."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from html import escape
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from services.notify.actions.day_letters import days_in_letter
from services.notify.actions.letters import Address, address_of
from services.notify.models import Letter, News, Notice, Period, Person, Subject
from services.notify.models.homework import TOLD_HOMEWORK, homework_rows
from services.notify.models.matters import told_matters
from services.notify.rules import Entry, day, entries_of, gist, headline
from services.notify.rules.days import DayFacts
from services.notify.rules.homework import facts_of
from services.notify.rules.matters import MatterFacts
from shared.db import SchoolSession
from shared.errors import Text
from shared.names import list_name

HELLO = Text("Здравствуйте!", "Hello!")
ABOUT = Text("Новое в дневнике: {names}", "News in the diary: {names}")
OWN = Text("Новое в вашем дневнике", "News in your diary")
CHANGES = Text("Изменения в расписании", "Changes in the timetable")
CHANGES_OF = Text("Изменения в расписании: {names}", "Changes in the timetable: {names}")
MATTERS = Text("Новое в журнале", "News in the journal")
WHY = Text(
    "Вы получили это письмо, потому что в школе указан этот адрес. "
    "Отказаться от писем можно в разделе «Уведомления».",
    "You get this letter because the school has this address for you. "
    "Letters can be switched off under “Notices”.",
)


class Way(NamedTuple):
    """A letter's title, of others and of one's own, and where its link leads."""

    about: Text
    own: Text
    link: Text
    path: str


OF_MARKS = Way(ABOUT, OWN, Text("Открыть дневник", "Open the diary"), "/diary")
OF_DAYS = Way(CHANGES_OF, CHANGES, Text("Открыть расписание", "Open the timetable"), "/timetable")
OF_MATTERS = Way(MATTERS, MATTERS, Text("Открыть уведомления", "Open the notices"), "/notices")


@dataclass(frozen=True, slots=True)
class Content:
    """A letter's reader and, by pupil, its lines; the pupil's name is empty for the reader's own."""

    to: Address
    written_at: datetime
    pupils: tuple[tuple[str, str, tuple[str, ...]], ...]  # (full heading, given name, lines)
    way: Way


class _Lesson(NamedTuple):
    pupil_id: UUID
    lesson_id: UUID
    on: date
    subject: str


def content_of(session: SchoolSession, letter_id: UUID) -> Content | None:
    """Read what a letter says; None when nothing is left to say, or nobody to say it to."""
    letter = session.get(Letter, letter_id)
    to = address_of(session, letter.recipient_id) if letter is not None else None
    if letter is None or to is None:
        return None
    lines, way = _lines(session, letter, to.language)
    names = _names(session, set(lines))
    pupils = tuple(
        ("", "", tuple(theirs)) if pupil_id == letter.recipient_id else (*names[pupil_id], tuple(theirs))
        for pupil_id, theirs in sorted(lines.items(), key=lambda one: names[one[0]])
    )
    return Content(to, letter.created_at, pupils, way) if pupils else None


def _lines(session: SchoolSession, letter: Letter, language: str) -> tuple[dict[UUID, list[str]], Way]:
    """Return the lines by pupil, the recipient's own matters among them, and what they are mostly about."""
    lines: dict[UUID, list[str]] = defaultdict(list)
    for lesson, entries in _lessons(session, letter.id).items():
        if said := gist(entries):
            lines[lesson.pupil_id].append(headline(lesson.subject, lesson.on, said, language))
    for told in facts_of(*homework_rows(session, TOLD_HOMEWORK.where(Notice.letter_id == letter.id))):
        title = told.title(language)
        lines[told.pupil_id].extend(f"{title}. {line}" for line in told.lines(language))
    way = OF_MARKS if lines else OF_MATTERS
    for one in days_in_letter(session, letter.id):
        if said_of_day := _day_lines(one, language):
            lines[one.pupil_id or letter.recipient_id].extend(said_of_day)
            way = OF_DAYS if way is OF_MATTERS else way
    for matter in session.execute(told_matters().where(Notice.letter_id == letter.id).order_by(Notice.id)):
        lines[letter.recipient_id].append(MatterFacts(*matter).text(language))
    return lines, way


def _day_lines(told: DayFacts, language: str) -> list[str]:
    """Say what was decided of a day: «24 ноября, 7А: 2 урок. Алгебра: урока не будет»."""
    when = day(told.lesson_on, language)
    before = f"{when}, {told.group}" if told.group else when
    return [f"{before}: {line}" for line in told.lines(language)]


def _lessons(session: SchoolSession, letter_id: UUID) -> dict[_Lesson, list[Entry]]:
    found = session.execute(
        select(News.pupil_id, News.lesson_id, News.lesson_on, News.entries, Subject.name, Period.name)
        .select_from(Notice)
        .join(News, (News.event_id == Notice.event_id) & (News.pupil_id == Notice.pupil_id))
        .outerjoin(Subject, Subject.id == News.subject_id)
        .outerjoin(Period, Period.id == News.lesson_id)
        .where(Notice.letter_id == letter_id)
        .order_by(News.lesson_on, Notice.id)
    )
    lessons: dict[_Lesson, list[Entry]] = {}
    for pupil_id, lesson_id, on, entries, subject, period in found:
        lesson = _Lesson(pupil_id, lesson_id, on, subject or "")
        lessons.setdefault(lesson, []).extend(entries_of(entries, period))
    return lessons


def _names(session: SchoolSession, pupil_ids: set[UUID]) -> dict[UUID, tuple[str, str]]:
    names = dict.fromkeys(pupil_ids, ("", ""))
    for person in session.scalars(select(Person).where(Person.id.in_(pupil_ids))):
        names[person.id] = (list_name(person.family_name, person.given_name), person.given_name)
    return names


def compose(content: Content, letter_id: UUID, mail_from: str, public_url: str) -> EmailMessage:
    """Return the message, text and HTML; composed again it is the same, Message-ID included."""
    language = content.to.language
    domain = parseaddr(mail_from)[1].rpartition("@")[2] or "localhost"
    message = EmailMessage()
    message["From"] = mail_from
    message["To"] = content.to.email
    message["Subject"] = title = _title(content)
    message["Date"] = format_datetime(content.written_at)
    message["Message-ID"] = f"<{letter_id}@{domain}>"
    message["Content-Language"] = language
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_as_text(content, public_url))
    message.add_alternative(_as_html(content, title, public_url), subtype="html")
    message.set_boundary(f"parta-{letter_id}")
    return message


def _title(content: Content) -> str:
    names = [given for _, given, _ in content.pupils if given]
    said = content.way.about if names else content.way.own
    return said.said(content.to.language).format(names=", ".join(names))


def _as_text(content: Content, public_url: str) -> str:
    parts = [HELLO.said(content.to.language)]
    for heading, _, lines in content.pupils:
        parts.append("\n".join([*filter(None, [heading]), *(f"  {line}" for line in lines)]))
    parts.append(f"{content.way.link.said(content.to.language)}: {public_url}{content.way.path}")
    parts.append(f"{WHY.said(content.to.language)}\n{public_url}/notices")
    return "\n\n".join(parts) + "\n"


def _as_html(content: Content, title: str, public_url: str) -> str:
    return (
        f'<!doctype html><html lang="{content.to.language}"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title></head>"
        '<body style="margin:0;padding:24px 16px;background:#f6f5f1;color:#1d2430;'
        'font:16px/1.5 system-ui,sans-serif"><div style="max-width:560px;margin:0 auto">'
        f'<p style="margin:0 0 16px">{HELLO.said(content.to.language)}</p>'
        f"{_pupils_as_html(content.pupils)}"
        f'<p style="margin:24px 0"><a href="{escape(public_url)}{content.way.path}" '
        'style="display:inline-block;'
        "padding:10px 18px;background:#1f5fa8;color:#fff;text-decoration:none;border-radius:8px"
        f'">{content.way.link.said(content.to.language)}</a></p>'
        f'<p style="color:#5b6472;font-size:13px">{WHY.said(content.to.language)} '
        f'<a href="{escape(public_url)}/notices" style="color:#5b6472">{escape(public_url)}/notices</a></p>'
        "</div></body></html>\n"
    )


def _pupils_as_html(pupils: Sequence[tuple[str, str, tuple[str, ...]]]) -> str:
    blocks = []
    for heading, _, lines in pupils:
        name = f'<h2 style="margin:0 0 8px;font-size:18px">{escape(heading)}</h2>' if heading else ""
        items = "".join(f'<li style="margin:0 0 6px">{escape(line)}</li>' for line in lines)
        blocks.append(
            '<div style="margin:0 0 12px;padding:16px;background:#fff;border:1px solid #dcdad2;'
            f'border-radius:12px">{name}<ul style="margin:0;padding-left:20px">{items}</ul></div>'
        )
    return "".join(blocks)
