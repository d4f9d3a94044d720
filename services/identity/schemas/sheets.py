"""The columns of identity's reports, and how wide they are in letters."""

from shared.errors import Text

MOVEMENT_COLUMNS = (
    (Text("№", "No."), 5),
    (Text("Фамилия, имя, отчество", "Name"), 36),
    (Text("Дата рождения", "Born"), 13),
    (Text("Движение", "Movement"), 28),
    (Text("Из класса", "From class"), 10),
    (Text("В класс", "To class"), 10),
    (Text("Дата", "Day"), 12),
    (Text("№ приказа", "Order No."), 12),
    (Text("Дата приказа", "Order day"), 13),
    (Text("Откуда или куда", "From or to where"), 36),
    (Text("Причина", "Reason"), 30),
)

HEADCOUNT_COLUMNS = (
    (Text("Класс", "Class"), 10),
    (Text("Классный руководитель", "Class teacher"), 36),
    (Text("На начало", "At the start"), 12),
    (Text("Прибыло", "Came"), 10),
    (Text("Выбыло", "Went"), 10),
    (Text("На конец", "At the end"), 12),
)
