"""The columns of the two tables, by the names that schools give them."""

from shared.headed import Kind

SUBJECT, TARGET, PART, NAME = "subject", "target", "part", "name"
WEEK, YEAR, GROUPS = "week", "year", "groups"
TEACHER, GROUP, HOURS = "teacher", "group", "hours"
TITLES = {
    SUBJECT: "Предмет",
    TARGET: "Параллель/Класс",
    WEEK: "Часов в неделю",
    YEAR: "Часов в год",
    GROUPS: "Групп",
    PART: "Часть",
    NAME: "План",
    TEACHER: "Учитель",
    GROUP: "Класс/Группа",
    HOURS: "Часов",
}

SUBJECTS = ("предмет", "учебный предмет", "дисциплина", "курс", "subject")
CURRICULUM = Kind(
    {
        SUBJECT: SUBJECTS,
        TARGET: ("параллель/класс", "класс/параллель", "параллель", "класс", "классы", "class"),
        WEEK: ("часов в неделю", "часы в неделю", "в неделю", "ч/нед", "hours a week", "hours per week"),
        YEAR: ("часов в год", "часы в год", "в год", "ч/год", "hours a year", "hours per year"),
        GROUPS: ("групп", "группы", "число групп", "количество групп", "деление", "groups"),
        PART: ("часть", "часть плана", "part"),
        NAME: ("план", "название плана", "учебный план", "профиль", "plan"),
    },
    (SUBJECT, TARGET, WEEK),
    TITLES,
)
LOADS = Kind(
    {
        TEACHER: ("учитель", "фио учителя", "преподаватель", "педагог", "фио", "teacher"),
        SUBJECT: SUBJECTS,
        GROUP: ("класс/группа", "класс", "группа", "группа/класс", "class/group", "class", "group"),
        HOURS: ("часов", "часы", "часов в неделю", "часы в неделю", "нагрузка", "hours", "hours a week"),
    },
    (SUBJECT, GROUP, HOURS),
    TITLES,
)
