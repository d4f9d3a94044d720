"""Sections, levels and states of a portfolio (clause 3.5.10)."""

from shared.errors import Text

SECTIONS = {
    "olympiad": Text("Олимпиады", "Olympiads"),
    "contest": Text("Конкурсы", "Contests"),
    "project": Text("Проекты и исследования", "Projects and research"),
    "sport": Text("Спорт", "Sport"),
    "creative": Text("Творчество", "Arts"),
    "social": Text("Общественная работа", "Community work"),
    "other": Text("Другое", "Other"),
}
LEVELS = {
    "school": Text("школьный", "school"),
    "municipal": Text("муниципальный", "municipal"),
    "regional": Text("региональный", "regional"),
    "national": Text("всероссийский", "national"),
    "international": Text("международный", "international"),
}
PROPOSED, VERIFIED, DECLINED, REMOVED = "proposed", "verified", "declined", "removed"
