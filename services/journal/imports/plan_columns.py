"""The columns of a table of thematic plans, by the names that schools give them."""

from shared.headed import Kind

SUBJECT, GRADE, NAME = "subject", "grade", "name"
SECTION, TOPIC, HOURS = "section", "topic", "hours"
KIND, CONTROL, HOMEWORK, DAY = "kind", "control", "homework", "day"

TITLES = {
    SUBJECT: "Предмет",
    GRADE: "Параллель",
    NAME: "Программа",
    SECTION: "Раздел",
    TOPIC: "Тема",
    HOURS: "Часов",
    KIND: "Тип урока",
    CONTROL: "Вид контроля",
    HOMEWORK: "Домашнее задание",
    DAY: "Дата по плану",
}
COLUMNS = {
    SUBJECT: ("предмет", "учебный предмет", "дисциплина", "курс", "subject"),
    GRADE: ("параллель", "класс", "классы", "параллель/класс", "grade"),
    NAME: ("программа", "план", "название плана", "название", "умк", "programme", "plan"),
    SECTION: ("раздел", "раздел программы", "тема раздела", "модуль", "section"),
    TOPIC: ("тема", "тема урока", "темы", "тема занятия", "содержание", "topic"),
    HOURS: ("часов", "часы", "кол-во часов", "количество часов", "кол-во ч", "ч", "hours"),
    KIND: ("тип урока", "тип", "вид урока", "форма урока", "kind"),
    CONTROL: ("вид контроля", "контроль", "форма контроля", "контрольная работа", "control"),
    HOMEWORK: ("домашнее задание", "д/з", "дз", "задание", "homework"),
    DAY: ("дата по плану", "дата план", "дата", "дата (план)", "planned on"),
}
PLANS = Kind(COLUMNS, (TOPIC,), TITLES, has_subheadings=True)
