import threading
import urllib.request
from http.server import ThreadingHTTPServer

import pytest

from tilstand.errors import BuildError
from tilstand.pipeline.basis.policy import server_policy
from tilstand.pipeline.serve import serve


def test_project_without_a_site_says_how_to_make_one(tiny):
    with pytest.raises(BuildError, match="book/site: no site yet; run 'tilstand build'"):
        serve(tiny.project, 0, print)


def test_site_is_served_on_this_machine_at_the_address_that_is_told(tiny, monkeypatch):
    tiny.write("book/site/index.html", "<p>hei</p>")
    got: list[bytes] = []
    policies: list[str | None] = []

    def read(address: str) -> None:
        with urllib.request.urlopen(address.split(maxsplit=1)[0], timeout=10) as answer:
            got.append(answer.read())
            policies.append(answer.headers["Content-Security-Policy"])

    def serve_one(server: ThreadingHTTPServer) -> None:
        server.handle_request()
        raise KeyboardInterrupt

    def tell(line: str) -> None:
        if line.startswith("http://127.0.0.1:"):
            readers.append(threading.Thread(target=read, args=(line,)))
            readers[0].start()

    readers: list[threading.Thread] = []
    monkeypatch.setattr(ThreadingHTTPServer, "serve_forever", serve_one)

    serve(tiny.project, 0, tell)
    readers[0].join()

    assert got == [b"<p>hei</p>"]
    assert policies == [server_policy()]
