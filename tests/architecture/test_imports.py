"""Each module can be imported first: none relies on another one having been imported before."""

import subprocess
import sys

import pytest

from tests.architecture.source import ROOT, modules

#: With the libraries loaded, forks import one module each in a process that has seen nothing else of Masthead.
PROGRAM = """
import os, sys, traceback
import masthead.app, masthead.cli
libraries = {name: module for name, module in sys.modules.items() if name.split(".")[0] != "masthead"}
failed = 0
for name in sys.argv[1:]:
    child = os.fork()
    if child == 0:
        sys.modules.clear()
        sys.modules.update(libraries)
        try:
            __import__(name)
        except BaseException:
            print(f"{name} cannot be imported first:", traceback.format_exc(), flush=True)
            os._exit(1)
        os._exit(0)
    failed += os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0
sys.exit(1 if failed else 0)
"""
#: Made for a process of their own: importing them makes an application, and its home folder.
NOT_FOR_IMPORT = frozenset({"masthead.wsgi", "masthead.worker", "masthead.__main__"})


@pytest.mark.timeout(900)
def test_each_module_can_be_imported_first() -> None:
    names = [module.name for module in modules() if module.name not in NOT_FOR_IMPORT]
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, *names],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
