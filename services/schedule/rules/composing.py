"""What becomes of a run of the timetable solver, and why it may fail."""

from shared.errors import Text

WAITING, RUNNING, DONE, FAILED, STOPPED = "waiting", "running", "done", "failed", "stopped"
UNFINISHED = (WAITING, RUNNING)
NO_SOLVER, REFUSED, DIED, SOURCE_GONE = "no_solver", "refused", "died", "source_gone"

FAILURES = {
    NO_SOLVER: Text(
        "На сервере нет программы FET. Администратор ставит её командой: apt-get install fet.",
        "The server has no FET. An administrator installs it with: apt-get install fet.",
    ),
    REFUSED: Text(
        "FET не смог начать: данные противоречат друг другу. Что именно, сказано в протоколе ниже.",
        "FET could not begin: the data contradict each other. The log below says what it is.",
    ),
    DIED: Text(
        "Работа трижды обрывалась вместе с сервером. Начните её снова.",
        "The work ended with its server three times. Begin it again.",
    ),
    SOURCE_GONE: Text(
        "Черновик, по которому составлялось расписание, удалён. Выберите другой.",
        "The draft that the timetable was to be made of is gone. Choose another.",
    ),
}
