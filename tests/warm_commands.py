"""`gradewise` for shell scripts in tests: each command a process of its own, forked from one that is loaded.

Loading the program takes two seconds, again for every command of a script. Here one process loads it once and
learns nothing itself, so that what it forks is like a process that was just started.
"""

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

_SERVER = """
import functools, importlib, os, pkgutil, select, socket, sys, traceback
import gradewise.cli, gradewise.workflows.research
import gradewise.adapters.optuna_study, gradewise.adapters.registry_tracker, gradewise.adapters.sql.registry
import lightgbm, pyarrow.parquet, pydantic.dataclasses
import sklearn.decomposition, sklearn.linear_model, sklearn.svm
import typer.main
from gradewise.cli.commands import COMMANDS
from gradewise.cli.main import run
from gradewise.cli.program import loaded, program
from gradewise.features.words import lemma, syllables, zipf

for package in (gradewise.cli, gradewise.workflows.research):
    for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
for read in (lemma, syllables, zipf):
    read("word", "en")
typer.main.get_command = functools.cache(typer.main.get_command)
typer.main.get_command(program)
for known in COMMANDS:
    loaded(known)

door = socket.socket(socket.AF_UNIX)
door.bind(sys.argv[1])
door.listen()
print("ready", flush=True)
while door in select.select([door, sys.stdin], [], [])[0]:
    caller, _ = door.accept()
    said, streams, _, _ = socket.recv_fds(caller, 1 << 16, 3)
    child = os.fork()
    if child == 0:
        code = 70
        try:
            for number, stream in enumerate(streams):
                os.dup2(stream, number)
            directory, *arguments = said.decode().split("\\0")
            os.chdir(directory)
            sys.argv = ["gradewise", *arguments]
            code = run(arguments)
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    for stream in streams:
        os.close(stream)
    _, status = os.waitpid(child, 0)
    caller.sendall(str(os.waitstatus_to_exitcode(status)).encode())
    caller.close()
"""
_CLIENT = """
    #!{python} -IS
    import os, socket, sys
    server = socket.socket(socket.AF_UNIX)
    server.connect({door!r})
    said = "\\0".join([os.getcwd(), *sys.argv[1:]])
    socket.send_fds(server, [said.encode()], [0, 1, 2])
    sys.exit(int(server.recv(8)))
"""


@contextmanager
def warm_gradewise(environment: dict[str, str]) -> Iterator[Path]:
    """A directory with a program `gradewise` in it, which works until the block ends, or the caller dies.

    Args:
        environment: of every command.
    """
    with TemporaryDirectory(prefix="gw") as made:  # a socket's path must be short
        door, program = Path(made) / "door", Path(made) / "gradewise"
        program.write_text(textwrap.dedent(_CLIENT).lstrip().format(python=sys.executable, door=str(door)))
        program.chmod(0o700)
        server = subprocess.Popen(
            [sys.executable, "-c", _SERVER, str(door)],
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        with server:  # which closes its input at the end: then it ends
            assert server.stdout is not None
            assert b"ready\n" == server.stdout.readline()
            yield Path(made)
