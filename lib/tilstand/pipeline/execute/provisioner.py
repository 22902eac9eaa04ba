"""Hand Jupyter a kernel that was forked beforehand, not one that has to start from nothing.

A kernel has to be forked before its client opens a socket or a thread: a copy of those would be
of no use to it. So `spare_kernel` forks first and lets the copy wait; the provisioner, which
jupyter_client asks for a kernel later, hands the waiting copy its arguments.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from importlib.metadata import EntryPoint
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

from tilstand.pipeline.execute.warm import begin_anew

if TYPE_CHECKING:
    from jupyter_client.connect import KernelConnectionInfo

NAME = "tilstand-warm"
LAUNCHER = "ipykernel_launcher"


class Forked:
    """Stand for a forked process as `subprocess.Popen` stands for a started one."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, line: Connection) -> None:
        self.pid = pid
        self.line = line
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit status, or None while the process runs."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode

    def wait(self) -> int:
        """Wait for the process's end and give its exit status."""
        if self.returncode is None:
            self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.returncode

    def send_signal(self, signum: int) -> None:
        """Send a signal, unless the process has ended."""
        if self.poll() is None:
            os.kill(self.pid, signum)

    def kill(self) -> None:
        """End the process at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the process to end."""
        self.send_signal(signal.SIGTERM)


_spare: list[Forked] = []


def spare_kernel() -> None:
    """Fork a copy of this process that waits to become a kernel, and let Jupyter know of it.

    To be called in a process without threads, before anything speaks to a kernel.
    """
    mine, other = Pipe()
    pid = os.fork()
    if not pid:
        mine.close()
        _become_kernel(other)
    other.close()
    _spare.append(Forked(pid, mine))
    factory = KernelProvisionerFactory.instance()
    factory.provisioners[NAME] = EntryPoint(
        NAME, f"{__name__}:WarmProvisioner", KernelProvisionerFactory.GROUP_NAME
    )
    factory.default_provisioner_name = NAME


def dismiss_spare() -> None:
    """End the waiting copies that nobody asked for, as when a notebook names another kernel."""
    while _spare:
        unused = _spare.pop()
        unused.line.close()
        unused.kill()
        unused.wait()


def _become_kernel(line: Connection) -> None:
    status = 1
    try:
        os.setsid()
        begin_anew()
        try:
            arguments, folder, environment = line.recv()
        except EOFError:
            os._exit(0)
        line.close()
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        # As ipykernel_launcher starts: the current folder is put back by the shell itself.
        sys.path[:] = [entry for entry in sys.path if entry and Path(entry) != Path(folder)]
        sys.argv[:] = arguments
        from ipykernel.kernelapp import IPKernelApp

        app = IPKernelApp.instance(parent_handle=os.getppid())
        app.initialize(arguments[1:])
        app.start()
        status = 0
    except SystemExit as stop:
        status = int(stop.code or 0)
    except BaseException:  # noqa: BLE001  a fork has nobody above it
        traceback.print_exc()
    finally:
        os._exit(status)


class WarmProvisioner(LocalProvisioner):
    """Hand a kernel's arguments to the copy that waits; start any other kernel as usual."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Make the waiting copy the kernel, if a Python kernel is asked for.

        Parameters
        ----------
        cmd : list of str
            The kernel's command, as its specification spells it.
        **kwargs
            Its folder and environment, among others.

        Returns
        -------
        dict
            How to speak to the kernel.
        """
        if LAUNCHER not in cmd or not _spare:
            return await super().launch_kernel(cmd, **kwargs)
        process = _spare.pop()
        environment = dict(kwargs.get("env") or os.environ)
        environment["JPY_PARENT_PID"] = str(os.getpid())
        arguments = cmd[cmd.index(LAUNCHER) :]
        process.line.send((arguments, str(kwargs.get("cwd") or Path.cwd()), environment))
        process.line.close()
        self.process = process  # type: ignore[assignment]
        self.pid = process.pid
        self.cwd = kwargs.get("cwd")
        return self.connection_info
