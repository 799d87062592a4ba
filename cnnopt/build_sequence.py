"""From lists of layers in the config to named layers that fit each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from cnnopt import layers
from cnnopt.arrays import Shape
from cnnopt.build_layers import initial_values, layers_of
from cnnopt.config.config import Config
from cnnopt.config.layers.composite import DropConnect, Parallel, Residual
from cnnopt.config.settings import Settings
from cnnopt.errors import ConfigError, Fault
from cnnopt.layers.inside import Named


@dataclass(frozen=True)
class SequenceBuilder:
    """Builds lists of layers, also those inside layers.

    Attributes:
        config: the checked settings; says where each was written.
        outputs: what `dense: classes` has as units.
    """

    config: Config
    outputs: int

    def build(self, entries: Sequence[Settings], path: str, shape: Shape) -> tuple[Named, Shape]:
        """Return the layers, each with its name among them, and the shape that they end with.

        Layers without a name are called by their kind and their number among it in this list.

        Args:
            entries: settings of layers.
            path: of the list in the config, such as `model` or `model.3.residual`.
            shape: of the input of the first layer.

        Raises:
            ConfigError: a layer does not fit the one before, with its place in the file.
        """
        ordinals: Counter[str] = Counter()
        named: list[tuple[str, layers.Layer]] = []
        for number, entry in enumerate(entries):
            kind, name = vars(entry)["kind"], vars(entry)["name"]
            counted = vars(entry.layer)["kind"] if isinstance(entry, DropConnect) else kind
            ordinals[counted] += 1
            place = f"{path}.{number}.{kind}"
            for layer in self._layers(entry, place, shape):
                try:
                    shape = layer.output_shape(shape)
                except layers.ShapeError as error:
                    fault = Fault(place, error.rule, "", error.remedy)
                    raise ConfigError(self.config.located(fault)) from error
                named.append((name or f"{counted}_{ordinals[counted]}", layer))
        return tuple(named), shape

    def _layers(self, entry: Settings, path: str, shape: Shape) -> tuple[layers.Layer, ...]:
        """Return what one entry becomes; a bias is a layer of its own."""
        defaults, exact = self.config.initial, self.config.training.exact
        match entry:
            case Residual():
                inside, _ = self.build(entry.layers, path, shape)
                return (layers.Residual(inside, initial_values(defaults.weights)),)
            case Parallel():
                branches = enumerate(entry.branches)
                built = [self.build(branch, f"{path}.{i}", shape) for i, branch in branches]
                return (layers.Parallel(tuple(inside for inside, _ in built)),)
            case DropConnect():
                weighted, *bias = layers_of(entry.layer, defaults, self.outputs, exact=exact)  # type: ignore[arg-type]  # chosen from the table of layers
                return (layers.DropConnect(weighted, entry.rate), *bias)
            case _:
                return layers_of(entry, defaults, self.outputs, exact=exact)  # type: ignore[arg-type]  # chosen from the table of layers
