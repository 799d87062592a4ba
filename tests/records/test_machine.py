"""What results depend on is told of NumPy's own BLAS, whatever else the process has loaded."""

import subprocess
import sys

PROGRAM = """
from cnnopt.records import blas
before = blas()
import scipy.linalg
assert before, "NumPy computes with some BLAS"
assert blas() == before, (before, blas())
"""


def test_another_blas_in_the_process_changes_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
