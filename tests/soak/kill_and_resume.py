"""Kill commands again and again, let them go on, and compare the bits they end with.

Run as a program: `python tests/soak/kill_and_resume.py --rounds 5 --kills 5`. Every round kills
`train`, `cv` and `compare-optimizers` with SIGKILL at random instants (of the clock, from the
process's first millisecond to its last picture), stops others with SIGINT and SIGTERM, and goes
on by `resume` or by the same command. It ends with 0 when every run came to the bits of an
unbroken one and no process outlived its parent.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1]))

from interrupting import Command
from small_problems import CONV_NET, final_bits, problem, write_npz

from cnnopt.config import dump_yaml
from cnnopt.files import is_locked
from cnnopt.records import load_run

COMMANDS = {
    "train": ["train", "config.yaml", "--set", "training.epochs=400"],
    "cv": ["cv", "config.yaml", "--folds", "4", "--refit", "--jobs", "2"],
    "compare-optimizers": [
        "compare-optimizers", "config.yaml", "--jobs", "2", "--epochs", "3",
        "--optimizers", "sgd,adam", "--trials", "2", "--seeds", "2",
    ],
}  # fmt: skip
SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all rounds; return how many commands came to other bits."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="rounds of all three commands")
    parser.add_argument("--kills", type=int, default=5, help="interruptions of each command")
    parser.add_argument("--seed", type=int, default=0, help="of the random instants")
    parser.add_argument("--keep", action="store_true", help="keep the folders, to look at them")
    options = parser.parse_args(arguments)
    draw = Random(options.seed)
    base = Path(tempfile.mkdtemp(prefix="cnnopt-soak-"))
    unbroken = {name: unbroken_run(name, base) for name in COMMANDS}
    wrong = 0
    for number in range(options.rounds):
        for name, (folder, seconds) in unbroken.items():
            at = new_place(base, f"{name}-{number}")
            ways, done = broken_run(name, at, options.kills, seconds, draw)
            same = final_bits(done) == final_bits(folder)
            wrong += not same
            print(f"{'ok   ' if same else 'WRONG'} {name}: {' '.join(ways)}", flush=True)
    if wrong or options.keep:
        print(f"the runs are in {base}")
    else:
        import shutil

        shutil.rmtree(base)
    print(f"{wrong} of {options.rounds * len(COMMANDS)} commands came to other bits")
    return min(wrong, 1)


def new_place(base: Path, name: str) -> Path:
    """Return a folder to work in, with a config."""
    at = base / name
    at.mkdir()
    data = base / "data.npz"
    if not data.exists():
        write_npz(data, rows=160)
    training = {"epochs": 25, "batch_size": 32}
    (at / "config.yaml").write_text(dump_yaml(problem(data, model=CONV_NET, training=training)))
    return at


def unbroken_run(name: str, base: Path) -> tuple[Path, float]:
    """Return the folder of a run that nothing disturbed, and how long it took."""
    at, began = new_place(base, f"{name}-unbroken"), time.perf_counter()
    code, err = Command([*COMMANDS[name], "-q"], at).end()
    if code:
        raise SystemExit(f"{name} failed by itself: {err}")
    return only_run(at), time.perf_counter() - began


def only_run(at: Path) -> Path:
    """Return the one run of a place, or the newest of several."""
    return max((at / "runs").glob("[0-9]*"))


def broken_run(
    name: str, at: Path, kills: int, seconds: float, draw: Random
) -> tuple[list[str], Path]:
    """Interrupt a command `kills` times, then let it end; return how, and the run's folder."""
    ways: list[str] = []
    for _ in range(kills):
        if is_done(at):
            break
        words, way = next_words(name, at, draw)
        ways.append(f"{way} {interrupt(Command(words, at), at, seconds, draw)},")
    while not is_done(at):
        words, way = next_words(name, at, draw)
        code, err = Command(words, at).end()
        ways.append(f"{way} to the end")
        if code:
            raise SystemExit(f"{name}, {ways}: exit code {code}: {err}\nin {at}")
    return ways, only_run(at)


def is_done(at: Path) -> bool:
    """Tell whether there is a completed run."""
    folders = list((at / "runs").glob("[0-9]*"))
    return any(load_run(folder).status == "completed" for folder in folders)


def held(at: Path) -> bool:
    """Tell whether a run of this place is being written."""
    return any(is_locked(folder) for folder in (at / "runs").glob("[0-9]*"))


def next_words(name: str, at: Path, draw: Random) -> tuple[list[str], str]:
    """Return the words of the next try: `resume`, or where it adopts its study the command."""
    if not list((at / "runs").glob("[0-9]*")):
        return [*COMMANDS[name], "-q"], "begun"
    if name == "train" or draw.random() < 0.5:
        return ["resume", "latest", "-q"], "resumed"
    return [*COMMANDS[name], "-q"], "repeated"


def interrupt(command: Command, at: Path, whole: float, draw: Random) -> str:
    """Kill or stop a command after some of the `whole` time; return what was done to it.

    Mostly counted from where it has its folder: before that there is little to be lost.
    """
    from_start = draw.random() < 0.2
    seconds = draw.uniform(0, whole if from_start else 0.4 * whole)
    if not from_start:
        command.runs_until(lambda: held(at))
    pause, ends = threading.Event(), time.monotonic() + seconds
    while time.monotonic() < ends and not command.has_ended():
        pause.wait(0.001)
    if command.has_ended():
        code, err = command.end()
        if code:
            raise SystemExit(f"{command.words}: exit code {code}: {err}")
        return "ended"
    if draw.random() < 0.7:
        return f"killed after {seconds:.2f} s" if command.kill() else "ended"
    number = draw.choice(list(SIGNALS))
    code, err = command.interrupt(number)
    # Before its handlers stand, and after its last batch, it ends as any program does.
    if code not in (0, SIGNALS[number], -number):
        raise SystemExit(f"{command.words}: exit code {code}: {err}")
    if "Traceback" in err and "KeyboardInterrupt" not in err:
        raise SystemExit(f"{command.words}: {err}")
    return f"{signal.Signals(number).name} after {seconds:.2f} s"


if __name__ == "__main__":
    sys.exit(main())
