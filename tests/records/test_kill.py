"""Nothing lost: killed at any instant, a run is readable and resumes to the same final bits."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from random import Random

import fake_training
import pytest

from cnnopt.records.read import list_runs

HERE = Path(__file__).parent
# One BLAS thread, so that the program has no threads when it forks.
ENVIRONMENT = os.environ | {
    "PYTHONPATH": os.pathsep.join([str(HERE.parents[1]), str(HERE)]),
    "OPENBLAS_NUM_THREADS": "1",
}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("half", ["whole", "half"])
def test_killed_before_any_file_operation_it_resumes_to_the_same_bits(
    tmp_path: Path, half: str
) -> None:
    program = [sys.executable, str(HERE / "kill_everywhere.py"), "everywhere", str(tmp_path), half]
    # Every seventh operation; `make soak` takes every single one.
    done = subprocess.run([*program, "7"], env=ENVIRONMENT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 25


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_again_and_again_it_resumes_to_the_same_bits(tmp_path: Path) -> None:
    program = [sys.executable, str(HERE / "kill_everywhere.py"), "again", str(tmp_path), "half"]
    done = subprocess.run([*program, "1"], env=ENVIRONMENT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 3


WRITER = """
import sys
from pathlib import Path
import fake_training
fake_training.write_run(Path(sys.argv[1]), epochs=150)
"""


def test_killed_from_outside_at_drawn_moments_it_resumes_to_the_same_bits(tmp_path: Path) -> None:
    reference = fake_training.final_bits(fake_training.write_run(tmp_path / "unbroken", 150))
    draw, pause = Random(7), threading.Event()
    command = [sys.executable, "-c", WRITER, str(tmp_path / "runs")]
    kills = 0
    for rows in sorted(draw.randint(1, 130) for _ in range(5)):
        with subprocess.Popen(command, env=ENVIRONMENT) as writer:
            while writer.poll() is None and count_lines(tmp_path / "runs") < rows + 1:
                pause.wait(0.002)
            writer.kill()
            kills += writer.wait() != 0
        (record,) = list_runs(tmp_path / "runs")
        assert record.status == "interrupted"
        assert len(record.history["epoch"]) >= rows
        state, warnings = record.checkpoint()
        assert state is not None
        assert warnings == ()
    assert kills == 5
    subprocess.run(command, env=ENVIRONMENT, check=True)
    (record,) = list_runs(tmp_path / "runs")
    assert record.status == "completed"
    assert fake_training.final_bits(record.folder) == reference


def count_lines(runs_dir: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in runs_dir.glob("[0-9]*/metrics.csv"))
