"""The tools of the tests are tools only if they work."""

import os
import signal
import smtplib
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pika
import psycopg
import pytest

from tests.support.home import CHECKOUT
from tests.support.ports import listens
from tests.support.processes import Child
from tests.support.waiting import eventually


def test_a_database_belongs_to_a_role_that_is_no_superuser(postgres):
    with psycopg.connect(postgres) as connection:
        connection.execute("CREATE TABLE pupils (name text)")
        [walls] = connection.execute(
            "SELECT NOT rolsuper AND NOT rolbypassrls FROM pg_roles WHERE rolname = current_user"
        ).fetchall()
        [durable] = connection.execute("SELECT current_setting('fsync'), "
                                       "current_setting('synchronous_commit')").fetchall()  # fmt: skip

    assert walls == (True,)
    assert durable == ("on", "on")


def test_a_template_is_filled_once_and_copied(postgres_server):
    filled = []

    def fill(url):
        filled.append(url)
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE bells AS SELECT 8 AS hour")

    for _ in range(2):
        copy = postgres_server.create_database(postgres_server.template("kit", fill))
        with psycopg.connect(postgres_server.url(copy)) as connection:
            assert connection.execute("SELECT hour FROM bells").fetchall() == [(8,)]
        postgres_server.drop_database(copy)

    assert len(filled) == 1


@pytest.mark.parametrize("end", ["stop", "crash", "kill"])
def test_a_private_cluster_keeps_what_it_committed(private_postgres, end):
    name = private_postgres.create_database()
    with psycopg.connect(private_postgres.url(name)) as connection:
        connection.execute("CREATE TABLE marks AS SELECT 5 AS mark")

    getattr(private_postgres, end)()
    assert not listens(private_postgres.port)
    private_postgres.start()

    with psycopg.connect(private_postgres.url(name)) as connection:
        assert connection.execute("SELECT mark FROM marks").fetchall() == [(5,)]


def publish(url: str, body: bytes) -> None:
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.queue_declare("letters", durable=True, arguments={"x-queue-type": "quorum"})
        channel.basic_publish("", "letters", body, pika.BasicProperties(delivery_mode=2), mandatory=True)


def consume(url: str) -> bytes | None:
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        arguments = {"x-queue-type": "quorum"}
        connection.channel().queue_declare("letters", durable=True, arguments=arguments)
        return connection.channel().basic_get("letters", auto_ack=True)[2]


def test_a_virtual_host_carries_messages(broker):
    publish(broker, "пять".encode())

    assert consume(broker).decode() == "пять"


def test_a_private_node_keeps_what_it_confirmed_until_it_is_wiped(private_broker):
    url = private_broker.url()
    publish(url, b"kept")
    private_broker.stop()
    private_broker.start()
    assert consume(url) == b"kept"

    publish(url, b"lost")
    private_broker.kill()
    private_broker.wipe()
    private_broker.start()
    assert consume(url) is None


def send(port: int) -> None:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "school@example.org", "mother@example.org", "Отметка"
    letter.set_content("Алгебра: 5")
    with smtplib.SMTP("127.0.0.1", port) as connection:
        connection.send_message(letter)


def test_a_mailbox_keeps_letters_and_can_be_away(smtp):
    send(smtp.port)
    smtp.stop()
    with pytest.raises(ConnectionRefusedError):
        send(smtp.port)
    smtp.start()
    smtp.refusal = "451 Try again later"
    with pytest.raises(smtplib.SMTPDataError):
        send(smtp.port)

    [letter] = smtp.to("mother@example.org")
    assert letter["Subject"] == "Отметка"
    assert letter.get_content().strip() == "Алгебра: 5"


def test_the_browser_shows_russian(page):
    page.set_content("<button onclick=\"this.textContent = 'Сохранено'\">Сохранить</button>")
    page.get_by_role("button").click()

    assert page.get_by_role("button").text_content() == "Сохранено"
    assert page.evaluate("navigator.language") == "ru-RU"


def test_a_child_is_frozen_thawed_and_stopped():
    counting = "import time\nfor n in range(10**6): print(n); time.sleep(0.01)"
    child = Child([sys.executable, "-u", "-c", counting])
    child.wait_for("3")
    child.freeze()
    written = child.log()
    assert child.log() == written
    child.thaw()
    eventually(lambda: child.log() != written)

    assert child.stop() == -signal.SIGTERM
    assert not child.running


def test_nothing_outlives_a_run_that_is_killed(tmp_path):
    script = (
        "import os, signal, sys\n"
        "from tests.support.home import home, open_home\n"
        "from tests.support.processes import Child\n"
        "open_home()\n"
        "print(home(), Child(['sleep', '600']).pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script], cwd=CHECKOUT, env=os.environ, stdout=subprocess.PIPE, check=False
    )
    folder, pid = answer.stdout.decode().split()

    eventually(lambda: not Path(folder).exists(), within=15)
    assert not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text()
