"""A private RabbitMQ node: started, stopped, killed, frozen and wiped as a test likes.

It shares nothing with another node on the machine: ports, cookie, name server (epmd) and folder are
its own. The management plugin is on, because a command-line call takes a new Erlang machine.
"""

import os
import shutil
import signal
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2

from tests.support.asking import http
from tests.support.home import home, once
from tests.support.ports import free_port, listens
from tests.support.processes import Child
from tests.support.waiting import eventually

# The wrapper in /usr/sbin would change to another user; this one runs as whoever starts it.
SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
USER = PASSWORD = "parta"


class RabbitMQ:
    """One node in a folder of its own, on ports of its own."""

    def __init__(self, folder: Path, ports: dict[str, int]) -> None:
        self.folder = folder
        self.ports = ports
        self._server: Child | None = None
        self._names: Child | None = None

    @classmethod
    def create(cls, *, definitions: Path | None = None) -> "RabbitMQ":
        """Make a new node and start it; the definitions are loaded at its every boot."""
        folder = home() / f"mq-{uuid4().hex[:6]}"
        folder.mkdir()
        node = cls(folder, {name: free_port() for name in ("amqp", "names", "nodes", "http")})
        (folder / "plugins").write_text("[rabbitmq_management].")
        settings = {
            "loopback_users": "none",
            "default_user": USER,
            "default_pass": PASSWORD,
            "management.tcp.ip": "127.0.0.1",
            "management.tcp.port": node.ports["http"],
            "management_agent.disable_metrics_collector": "true",
            "disk_free_limit.absolute": "50MB",
            "log.console.level": "warning",
        }
        if definitions:
            settings["load_definitions"] = definitions
        lines = [f"{name} = {value}\n" for name, value in settings.items()]
        (folder / "rabbitmq.conf").write_text("".join(lines))
        node.start()
        return node

    def url(self, vhost: str = "/") -> str:
        """Return the address of a virtual host."""
        path = "%2F" if vhost == "/" else vhost
        return f"amqp://{USER}:{PASSWORD}@127.0.0.1:{self.ports['amqp']}/{path}"

    def start(self) -> None:
        """Start the node and wait until it takes connections."""
        env = os.environ | self._environment()
        if not self._names or not self._names.running:
            self._names = Child([_epmd(), "-port", str(self.ports["names"])], env=env)
            eventually(lambda: listens(self.ports["names"]))
        log = self.folder / "server.log"
        self._server = Child([SERVER], env=env, cwd=self.folder, log=log, end_signal=signal.SIGKILL)
        eventually(self._answers, within=120, every=0.1)

    def stop(self) -> None:
        """Stop the node in order: clients are told, messages are on disk."""
        assert self._server
        self._server.stop(within=60)

    def kill(self) -> None:
        """Kill the node with SIGKILL; what it confirmed is still on its disk.

        Except that RabbitMQ 3.10 forgets the members of a quorum queue that is not a second old.
        """
        assert self._server
        self._server.kill()

    def wipe(self) -> None:
        """Forget everything a stopped or killed node knew: messages, queues, users."""
        assert self._server
        assert not self._server.running, "Stop the node before its data is wiped."
        shutil.rmtree(self.folder / "data", ignore_errors=True)

    def freeze(self) -> None:
        """Stop the whole node where it is: connections stay open and nobody answers."""
        assert self._server
        self._server.freeze()

    def thaw(self) -> None:
        """Let a frozen node go on."""
        assert self._server
        self._server.thaw()

    def close(self) -> None:
        """End the node and its name server for good."""
        for child in (self._server, self._names):
            if child:
                child.kill()

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the management API; `path` begins after `/api`."""
        url = f"http://127.0.0.1:{self.ports['http']}/api{path}"
        answer = http().request(method, url, json=body, auth=(USER, PASSWORD), timeout=30)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def create_vhost(self, name: str | None = None) -> str:
        """Make a virtual host, so that tests do not hear one another's events; return its name."""
        name = name or f"t-{uuid4().hex[:10]}"
        self.api("PUT", f"/vhosts/{name}")
        return name

    def delete_vhost(self, name: str) -> None:
        """Remove a virtual host with all its queues and connections."""
        self.api("DELETE", f"/vhosts/{name}")

    def _answers(self) -> bool:
        assert self._server
        if not self._server.running:
            # One line may be a whole term of Erlang's, and the reason stands at the head of it.
            told = "\n".join(line[:500] for line in self._server.log().splitlines()[-60:])
            raise RuntimeError(f"RabbitMQ did not start:\n{told}")
        try:
            return bool(self.api("GET", "/health/checks/port-listener/" + str(self.ports["amqp"])))
        except httpx2.HTTPError:
            return False

    def _environment(self) -> dict[str, str]:
        return {
            "HOME": str(self.folder),
            "ERL_EPMD_PORT": str(self.ports["names"]),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_DIST_PORT": str(self.ports["nodes"]),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_LOG_BASE": str(self.folder),
            "RABBITMQ_UPGRADE_LOG": str(self.folder / "upgrade.log"),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"),
            "RABBITMQ_NODENAME": f"{self.folder.name}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.ports["amqp"]),
            "RABBITMQ_PID_FILE": str(self.folder / "pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }


def shared_rabbitmq() -> RabbitMQ:
    """Return the node that all workers share; whoever needs it first starts it."""

    def make() -> dict[str, Any]:
        node = RabbitMQ.create()
        return {"folder": str(node.folder), "ports": node.ports}

    known = once("rabbitmq", make)
    return RabbitMQ(Path(known["folder"]), known["ports"])


def _epmd() -> str:
    return shutil.which("epmd") or str(next(Path("/usr/lib/erlang").glob("erts-*/bin/epmd")))
