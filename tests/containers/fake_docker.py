"""A Docker daemon without containers: answers on a socket as the Engine API documents it, so that the real SDK runs."""

from __future__ import annotations

import io
import json
import re
import struct
import tarfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

API = "1.47"


class FakeDocker:
    """What the daemon has, what it was asked, and how it answers; tests set the latter."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.images: set[str] = set()
        self.volumes: dict[str, dict[str, str]] = {}
        self.container: dict[str, Any] | None = None
        self.handed_over: dict[str, tuple[bytes, int]] = {}
        self.context: list[str] = []
        self.asked: list[str] = []
        # Health at each look, the last one for good; Status of the container when it was started.
        self.health = ["starting", "healthy"]
        self.status = "running"
        self.logs = b"database system is ready\n"
        self.build_events: list[Mapping[str, Any]] = [
            {"stream": "Step 1/2 : FROM postgres:18-trixie\n"},
            {"stream": " ---> 0123456789ab\n"},
            {"stream": "Step 2/2 : USER 999:999\n"},
            {"aux": {"ID": "sha256:" + "0" * 64}},
        ]
        self.pull_refusal = "pull access denied for nowhere/nothing, repository does not exist"
        self.start_refusal = ""
        self.dies_at = ""

    def verbs(self) -> list[str]:
        """What was asked that changes something."""
        return [line for line in self.asked if not line.startswith("GET")]

    @contextmanager
    def running(self) -> Iterator[FakeDocker]:
        docker = self

        class Handler(_Handler):
            daemon = docker

        with ThreadingUnixStreamServer(str(self.path), Handler) as server:
            server.daemon_threads = True
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
            thread.start()
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()

    def inspect(self) -> dict[str, Any]:
        assert self.container is not None
        health = self.health[0] if len(self.health) == 1 else self.health.pop(0)
        made = self.container
        running = made["status"] == "running"
        return {
            "Id": "c" * 64,
            "Name": f"/{made['name']}",
            "Image": "sha256:" + "0" * 64,
            "Config": {"Labels": made["body"].get("Labels"), "Tty": False, "Image": made["body"]["Image"]},
            "State": {
                "Status": made["status"],
                "Running": running,
                "ExitCode": 0 if running else 1,
                **({"Health": {"Status": health, "Log": []}} if running else {}),
            },
            "HostConfig": {"LogConfig": {"Type": "json-file"}},
        }


class _Handler(BaseHTTPRequestHandler):
    daemon: FakeDocker
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        return

    def address_string(self) -> str:
        return "socket"

    def _do(self) -> None:
        place = urlsplit(self.path)
        path = re.sub(r"^/v[\d.]+", "", unquote(place.path))
        query = {key: values[0] for key, values in parse_qs(place.query).items()}
        body = self._body()
        asked = f"{self.command} {path}"
        self.daemon.asked.append(asked)
        if self.daemon.dies_at and re.fullmatch(self.daemon.dies_at, asked):
            self.close_connection = True
            return
        for pattern, answer in _ROUTES:
            if found := re.fullmatch(pattern, asked):
                answer(self, query, body, *found.groups())
                return
        self._refuse(404, "page not found")

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _do  # noqa: N815

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            parts = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _answer(self, status: int, content: bytes = b"", kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _json(self, status: int, value: object) -> None:
        self._answer(status, json.dumps(value).encode())

    def _refuse(self, status: int, message: str) -> None:
        self._json(status, {"message": message})

    def _events(self, events: list[Mapping[str, Any]]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for event in events:
            line = json.dumps(event).encode() + b"\r\n"
            self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
        self.wfile.write(b"0\r\n\r\n")

    def _version(self, _query: dict[str, str], _body: bytes) -> None:
        self._json(200, {"Version": "28.2.2", "ApiVersion": API, "MinAPIVersion": "1.24", "Os": "linux"})

    def _image(self, _query: dict[str, str], _body: bytes, name: str) -> None:
        if name in self.daemon.images:
            self._json(200, {"Id": "sha256:" + "0" * 64, "RepoTags": [name]})
        else:
            self._refuse(404, f"No such image: {name}")

    def _build(self, query: dict[str, str], body: bytes) -> None:
        with tarfile.open(fileobj=io.BytesIO(body)) as tar:
            self.daemon.context = tar.getnames()
        assert query["dockerfile"] in self.daemon.context
        events = [{"stream": f"build arguments {query.get('buildargs')}\n"}, *self.daemon.build_events]
        if not any("error" in event for event in events):
            self.daemon.images.add(query["t"])
        self._events(events)

    def _pull(self, query: dict[str, str], _body: bytes) -> None:
        if self.daemon.pull_refusal:
            self._refuse(404, self.daemon.pull_refusal)
            return
        self.daemon.images.add(f"{query['fromImage']}:{query['tag']}")
        self._events([{"status": "Pulling from library", "id": query["tag"]}, {"status": "Download complete"}])

    def _list_volume(self, _query: dict[str, str], _body: bytes, name: str) -> None:
        if name in self.daemon.volumes:
            self._json(200, {"Name": name, "Labels": self.daemon.volumes[name]})
        else:
            self._refuse(404, f"get {name}: no such volume")

    def _create_volume(self, _query: dict[str, str], body: bytes) -> None:
        said = json.loads(body)
        self.daemon.volumes[said["Name"]] = said.get("Labels") or {}
        self._json(201, {"Name": said["Name"], "Labels": said.get("Labels")})

    def _remove_volume(self, _query: dict[str, str], _body: bytes, name: str) -> None:
        del self.daemon.volumes[name]
        self._answer(204)

    def _create(self, query: dict[str, str], body: bytes) -> None:
        said = json.loads(body)
        if said["Image"] not in self.daemon.images:
            self._refuse(404, f"No such image: {said['Image']}")
        elif self.daemon.container is not None:
            self._refuse(409, f'Conflict. The container name "/{query["name"]}" is already in use')
        else:
            self.daemon.container = {"name": query["name"], "body": said, "status": "created"}
            self._json(201, {"Id": "c" * 64, "Warnings": []})

    def _inspect(self, _query: dict[str, str], _body: bytes, name: str) -> None:
        if self._is_there(name):
            self._json(200, self.daemon.inspect())

    def _archive(self, query: dict[str, str], body: bytes, name: str) -> None:
        if not self._is_there(name):
            return
        with tarfile.open(fileobj=io.BytesIO(body)) as tar:
            for member in tar.getmembers():
                if (file := tar.extractfile(member)) is not None:
                    self.daemon.handed_over[f"{query['path']}/{member.name}"] = (file.read(), member.mode)
        self._answer(200)

    def _start(self, _query: dict[str, str], _body: bytes, name: str) -> None:
        if not self._is_there(name):
            return
        if self.daemon.start_refusal:
            self._refuse(500, self.daemon.start_refusal)
            return
        assert self.daemon.container is not None
        self.daemon.container["status"] = self.daemon.status
        self._answer(204)

    def _stop(self, _query: dict[str, str], _body: bytes, name: str) -> None:
        if self._is_there(name):
            assert self.daemon.container is not None
            was = self.daemon.container["status"]
            self.daemon.container["status"] = "exited"
            self._answer(204 if was == "running" else 304)

    def _remove(self, _query: dict[str, str], _body: bytes, name: str) -> None:
        if self._is_there(name):
            self.daemon.container = None
            self._answer(204)

    def _logs(self, _query: dict[str, str], _body: bytes, name: str) -> None:
        if self._is_there(name):
            frame = struct.pack(">BxxxL", 2, len(self.daemon.logs)) + self.daemon.logs
            self._answer(200, frame, "application/vnd.docker.multiplexed-stream")

    def _is_there(self, name: str) -> bool:
        made = self.daemon.container
        if made is not None and name in (made["name"], "c" * 64):
            return True
        self._refuse(404, f"No such container: {name}")
        return False


_ROUTES: list[tuple[str, Callable[..., None]]] = [
    (r"GET /version", _Handler._version),
    (r"GET /images/(.+)/json", _Handler._image),
    (r"POST /build", _Handler._build),
    (r"POST /images/create", _Handler._pull),
    (r"GET /volumes/([^/]+)", _Handler._list_volume),
    (r"POST /volumes/create", _Handler._create_volume),
    (r"DELETE /volumes/([^/]+)", _Handler._remove_volume),
    (r"POST /containers/create", _Handler._create),
    (r"GET /containers/([^/]+)/json", _Handler._inspect),
    (r"PUT /containers/([^/]+)/archive", _Handler._archive),
    (r"POST /containers/([^/]+)/start", _Handler._start),
    (r"POST /containers/([^/]+)/stop", _Handler._stop),
    (r"GET /containers/([^/]+)/logs", _Handler._logs),
    (r"DELETE /containers/([^/]+)", _Handler._remove),
]
