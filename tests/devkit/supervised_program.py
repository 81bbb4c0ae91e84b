"""A supervisor over two tiny children, run as a process of its own by the tests: `supervised_program.py FOLDER`.

Each child writes its process id into FOLDER; the stubborn one ignores SIGTERM and has a grandchild in a session
of its own, the way a job runner's work-horse has.
"""

import os
import sys
from pathlib import Path

from devkit.children import ChildSpec
from devkit.supervisor import Supervisor

POLITE = """
import os, pathlib, signal, sys, time
folder = pathlib.Path(sys.argv[1])
def stop(*_):
    with (folder / "stopped").open("a") as order: order.write(sys.argv[2] + "\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
(folder / sys.argv[2]).write_text(str(os.getpid()))
while True: time.sleep(1)
"""
STUBBORN = """
import os, pathlib, signal, subprocess, sys, time
folder = pathlib.Path(sys.argv[1])
signal.signal(signal.SIGTERM, signal.SIG_IGN)
horse = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
(folder / "horse").write_text(str(horse.pid))
(folder / sys.argv[2]).write_text(str(os.getpid()))
while True: time.sleep(1)
"""


def main(folder: Path) -> None:
    """Start both, say so, watch until told to stop."""
    supervisor = Supervisor()
    with supervisor.signals():
        try:
            for stage, (name, program) in enumerate([("first", POLITE), ("second", POLITE), ("stubborn", STUBBORN)]):
                supervisor.add(
                    ChildSpec(
                        name=name,
                        argv=[sys.executable, "-c", program, str(folder), name],
                        environment=os.environ,
                        working_directory=folder,
                        log=folder / f"{name}.log",
                        stage=stage,
                        grace=0.3 if name == "stubborn" else 5,
                        ready=(folder / name).exists,
                    )
                )
            print("ready", flush=True)
            supervisor.watch()
        finally:
            supervisor.stop_all()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
