"""A study gone on with by its own command, as its folder remembers it."""

from __future__ import annotations

from cnnopt.config import Config, load_config
from cnnopt.records import Record
from cnnopt.records.create import CONFIG_INPUT
from cnnopt.studies import compare, cross_validation, search, search_options
from cnnopt.studies import compare_optimizers as comparison
from cnnopt.studies.study import Resources


def go_on(record: Record, resources: Resources) -> Config:
    """Finish an unfinished study in its folder; return its config.

    Raises:
        CheckpointError: it was begun on other data.
        Interrupted, TrialsCrashed: see `TrialRunner.run`.
    """
    config, folder = load_config(record.config), record.folder
    given = folder / CONFIG_INPUT
    text = given.read_text(encoding="utf-8") if given.is_file() else ""
    options = record.meta["options"]
    command = record.meta["command"]
    if command == cross_validation.COMMAND:
        cross_validation.cross_validate(
            config, text, resources, final=options["refit"], folder=folder
        )
    elif command == compare.COMMAND:
        arms = compare.Options(options["arms"], options["seeds"], options["tune"])
        compare.compare(config, text, resources, arms, folder=folder)
    elif command == search.COMMAND:
        asked = search_options.Options(**options)
        search.search(config, record.meta["written"], text, resources, asked, folder=folder)
    else:
        chosen = comparison.Options(
            tuple(options["optimizers"]),
            options["trials"],
            options["seeds"],
            options.get("extra", {}),
        )
        comparison.compare_optimizers(config, text, resources, chosen, folder=folder)
    return config
