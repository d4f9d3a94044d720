"""A portfolio on paper: what was verified, by section."""

from typing import Any

from shared import paper


def portfolio_pdf(told: dict[str, Any], language: str) -> bytes:
    """Return the verified achievements of a pupil as a PDF."""
    words = _WORDS[language]
    story = [paper.title(words["title"]), paper.text(told["pupil"]["name"])]
    for section in told["sections"]:
        verified = [entry for entry in section["entries"] if entry["state"] == "verified"]
        if verified:
            story += [paper.heading(section["title"].said(language)), _table(verified, words, language)]
    if len(story) == 2:
        story.append(paper.text(words["none"]))
    return paper.draw(story, f"{words['title']}: {told['pupil']['name']}")


def _table(entries: list[dict[str, Any]], words: dict[str, Any], language: str) -> Any:
    rows = [
        [
            f"{entry['held_on']:%d.%m.%Y}",
            entry["title"] + (f"\n{entry['description']}" if entry["description"] else ""),
            entry["level_title"].said(language),
            entry["result"],
        ]
        for entry in entries
    ]
    return paper.table([words["head"], *rows], (0.14, 0.46, 0.2, 0.2))


_WORDS: dict[str, dict[str, Any]] = {
    "ru": {
        "title": "Портфолио",
        "head": ["Дата", "Достижение", "Уровень", "Результат"],
        "none": "Подтверждённых достижений пока нет.",
    },
    "en": {
        "title": "Portfolio",
        "head": ["Date", "Achievement", "Level", "Result"],
        "none": "There are no verified achievements yet.",
    },
}
