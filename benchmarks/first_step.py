"""Runs the command line of cnnopt in this process and ends it after the first step of training.

`python -m benchmarks.first_step train configs/digits.yaml` prints the instant of the first finished
step on the clock that all processes share. The product has no option for this: the public function
`cnnopt.api.train`, which the command calls, is given a listener that looks out for the first
`StepDone` event, in front of the one that the command itself has made for its display.
"""

from __future__ import annotations

import os
from time import monotonic
from typing import Any

from cnnopt.cli.main import main as run_command


def watch_training() -> None:
    """Put the watching listener into `api.train`."""
    # Loaded here, when the command would have loaded them: all imports are on the clock.
    from cnnopt import api
    from cnnopt.training.events import StepDone

    train = api.train

    def watched(*arguments: Any, listener: Any, **more: Any) -> Any:
        def first_step(event: Any) -> None:
            if isinstance(event, StepDone):
                print(monotonic(), flush=True)
                os._exit(0)  # at once: what follows is not on the clock, nor are atexit's hooks
            listener(event)

        return train(*arguments, listener=first_step, **more)

    api.train = watched  # type: ignore[assignment]  # hands all other arguments on as they come


def main() -> None:
    """Watch, then do what the command line says."""
    watch_training()
    run_command()


if __name__ == "__main__":
    main()
