"""Serve the finished site on this machine."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from tilstand.errors import BuildError
from tilstand.pipeline.basis.policy import server_policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from tilstand.project import Project


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Keep the terminal for messages that matter."""

    def end_headers(self) -> None:
        """Send with every file, and with every answer that there is none, what may run in it."""
        self.send_header("Content-Security-Policy", server_policy())
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        super().end_headers()


def serve(project: Project, port: int, progress: Callable[[str], None]) -> None:
    """Serve ``book/site`` on the loopback address until interrupted.

    Parameters
    ----------
    project : Project
        The checkout.
    port : int
        Port; 0 for any free one.
    progress : callable
        Takes the address as one line of text.

    Raises
    ------
    BuildError
        When there is no site yet, or the port is taken.
    """
    if not (project.site / "index.html").is_file():
        raise BuildError(f"{project.relative(project.site)}: no site yet; run 'tilstand build'")
    handler = partial(_Quiet, directory=str(project.site))
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise BuildError(f"port {port}: {error.strerror or error}; choose another --port") from None
    with server:
        progress(f"http://127.0.0.1:{server.server_port}/  (Ctrl+C stops)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            progress("stopped")
