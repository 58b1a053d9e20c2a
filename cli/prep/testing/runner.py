"""One grading in a process of its own: `python -I -m prep.testing.runner FD`.

Reads one JSON request from standard input, imports the learner's file, runs the grader under
pytest and writes JSON events, one a line, to the inherited descriptor FD. Every line starts
with the request's nonce; whoever supervises this process trusts nothing else of it: not the
exit status, not the output.

Events: `ready`, `imported` or `import_failed`, `collected`, then per check `start` and
`result`, at last `end`. `broken` says that the grader itself cannot be used.
"""

from __future__ import annotations

import ast
import contextlib
import faulthandler
import importlib
import json
import os
import signal
import sys
import time
import types
from collections.abc import Generator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from prep.testing import evidence, plugin
from prep.testing.channel import Emit, emit_broken, emitter
from prep.testing.session import begin, current
from prep.testing.solution import is_python, load_module

_OFF = "cacheprovider terminal capture junitxml pastebin doctest stepwise faulthandler debugging"
_OFF += " legacypath setuponly setupplan logging unraisableexception threadexception warnings"


def main() -> None:
    """Run the request on standard input; never returns."""
    descriptor, stacks = int(sys.argv[1]), int(sys.argv[2])
    request = json.loads(sys.stdin.buffer.read())
    os.close(0)
    os.open(os.devnull, os.O_RDONLY)
    serve(request, descriptor, stacks)


def serve(request: dict[str, Any], descriptor: int, stacks: int) -> NoReturn:
    """Run one request in this process, which ends with it.

    Args:
        request: what to grade; see `prep.sandbox.cold`.
        descriptor: where events are written.
        stacks: where every thread's stack is written on SIGUSR1.
    """
    emit = emitter(descriptor, request["nonce"])
    faulthandler.register(signal.SIGUSR1, file=stacks, all_threads=True)
    _limits(request)
    session = begin(request["root"], request["file"], request["seed"])
    sys.argv = [session.file]
    try:
        for name in request["needs"]:
            importlib.import_module(name)
        code = _compile(request)
    except BaseException as error:
        emit_broken(emit, error)
        os._exit(0)
    os.chdir(session.root)
    emit({"event": "ready"})
    if is_python(session.file) and not _import_solution(emit):
        os._exit(0)
    _run(emit, code, request)
    os._exit(0)  # no exit handler and no thread of the learner's has a say


def _limits(request: dict[str, Any]) -> None:
    """Die with the supervisor, write no core files and no huge ones."""
    if sys.platform == "linux":
        import ctypes

        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, int(signal.SIGKILL), 0, 0, 0)
        if os.getppid() != request["parent"]:
            os._exit(1)
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        size = request["file_bytes"]
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def _compile(request: dict[str, Any]) -> types.CodeType:
    """The grader's code. Public examples show their operands when an assert fails."""
    tree = ast.parse(request["grader"])
    if request["public"]:
        from _pytest.assertion.rewrite import rewrite_asserts

        rewrite_asserts(tree, request["grader"].encode(), None, None)
    return compile(tree, request["grader_name"], "exec", dont_inherit=True)


def _import_solution(emit: Emit) -> bool:
    session = current()
    started = time.perf_counter()
    try:
        session.module = load_module(Path(session.root), session.file)
    except BaseException as error:
        found = evidence.import_problem(error, session.root)
        emit({"event": "import_failed", "found": found})
        return False
    emit({"event": "imported", "seconds": round(time.perf_counter() - started, 4)})
    return True


class _Grader(pytest.Module):
    """The grader as a pytest module that exists in memory only."""

    code: types.CodeType
    file: str
    emit: Emit

    def _getobj(self) -> types.ModuleType:
        module = types.ModuleType("grader")
        module.__file__ = self.file
        sys.modules["grader"] = module
        try:
            exec(self.code, module.__dict__)
        except BaseException as error:
            emit_broken(self.emit, error)
            raise
        return module


class _Reporter:
    """Turns pytest's hooks into events."""

    def __init__(self, emit: Emit, code: types.CodeType, request: dict[str, Any]) -> None:
        self.emit, self.code, self.request = emit, code, request
        self.root: str = request["root"]
        self.passed: set[str] = set()
        self.found: dict[str, Any] | None = None
        self.phases: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> bool:
        """Collect from memory: no conftest, no file of the workspace is looked at."""
        module: _Grader = _Grader.from_parent(session, path=session.config.rootpath / "grader.py")
        module.code, module.file = self.code, self.request["grader_file"]
        module.emit = self.emit
        session.items = list(session.genitems(module))
        session.testscollected = len(session.items)
        self.emit({"event": "collected", "checks": [_id(i.name) for i in session.items]})
        return True

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.emit({"event": "broken", "message": str(report.longrepr)[-2000:]})

    def pytest_internalerror(self, excrepr: object) -> None:
        self.emit({"event": "broken", "message": str(excrepr)[-2000:]})

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.phases, self.found = [], None
        current().series.clear()
        self.emit({"event": "start", "check": _id(nodeid)})
        self.started = time.perf_counter()

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        """Call the check. Only a plain return is a pass; no exception can end the session."""
        waiting = [n for n in getattr(pyfuncitem.obj, "prep_needs", ()) if n not in self.passed]
        if waiting:
            self.found = {"outcome": "waiting", "message": ", ".join(waiting), "frames": []}
            return True
        names = pyfuncitem._fixtureinfo.argnames
        try:
            pyfuncitem.obj(**{n: pyfuncitem.funcargs[n] for n in names})
        except BaseException as error:
            self.found = self._evidence(error)
        return True

    def _evidence(self, error: BaseException) -> dict[str, Any]:
        found = evidence.describe(error, self.root)
        if self.request["public"] and found["outcome"] == "error":
            found["outcome"] = "failed"  # an example's own line; the reference passes it
        return found

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        self.phases.append(f"{report.when} {report.outcome}")
        if call.excinfo is not None and self.found is None:
            self.found = self._evidence(call.excinfo.value)
        return report

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        found = self.found
        if found is None:
            whole = self.phases == ["setup passed", "call passed", "teardown passed"]
            found = {"outcome": "passed" if whole else "error", "message": str(self.phases)}
        if found["outcome"] == "passed":
            self.passed.add(_id(nodeid))
        seconds = round(time.perf_counter() - self.started, 4)
        event = {"event": "result", "check": _id(nodeid), "seconds": seconds, **found}
        self.emit({**event, "series": current().series})


def _id(nodeid: str) -> str:
    return nodeid.rpartition("::")[2].removeprefix("test_")


def _run(emit: Emit, code: types.CodeType, request: dict[str, Any]) -> None:
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.pop("PYTEST_ADDOPTS", None)
    arguments = [a for name in _OFF.split() for a in ("-p", f"no:{name}")]
    arguments += ["--noconftest", "-c", os.devnull, "--rootdir", request["private"]]
    arguments += ["--basetemp", os.path.join(request["private"], "tmp"), "--assert=plain"]
    try:
        pytest.main(arguments, plugins=[plugin, _Reporter(emit, code, request)])
    except BaseException as error:
        emit_broken(emit, error)
        return
    emit({"event": "end"})


if __name__ == "__main__":
    main()
