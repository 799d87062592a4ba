"""Each kernel's versions: checked against each other, then timed in turns."""
