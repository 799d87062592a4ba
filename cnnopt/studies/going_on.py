"""A study gone on with by its own command, as its folder remembers it."""

from __future__ import annotations

from cnnopt.config import Config, load_config
from cnnopt.records import Record
from cnnopt.records.create import CONFIG_INPUT
from cnnopt.studies import (
    ablate,
    ablation_arms,
    compare,
    compare_schemes,
    cross_validation,
    normalization,
    normalization_arms,
    search,
    search_options,
)
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
        other = options["compare"]
        how = cross_validation.Options(
            options["refit"],
            None if other is None else load_config(other),
            options["tune"],
            options["inner_folds"],
        )
        cross_validation.cross_validate(config, text, resources, how, folder=folder)
    elif command == compare_schemes.COMMAND:
        wanted = compare_schemes.Options(options["schemes"], options["draws"])
        compare_schemes.compare_schemes(config, text, resources, wanted, folder=folder)
    elif command == compare.COMMAND:
        arms = compare.Options(options["arms"], options["seeds"], options["tune"])
        compare.compare(config, text, resources, arms, folder=folder)
    elif command == ablate.COMMAND:
        given_parts = ablation_arms.Options(**options)
        ablate.ablate(config, text, resources, given_parts, folder=folder)
    elif command == normalization.COMMAND:
        kinds = normalization_arms.Options(**options)
        normalization.normalization(config, text, resources, kinds, folder=folder)
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
