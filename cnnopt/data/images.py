"""One image file to an array: PNG, JPEG or BMP by Pillow, grey or RGB, 8 bits."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from cnnopt.data.faults import data_error

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp")
_FORMATS = ("PNG", "JPEG", "BMP")  # no other decoder of Pillow is let near a user's file
_MOST_PIXELS = 1 << 26
_MODES = {"grey": "L", "rgb": "RGB"}


def read_image(
    path: Path, colour: Literal["grey", "rgb"], size: tuple[int, int] | None = None
) -> NDArray[np.uint8]:
    """Return an image as uint8 of shape (H, W, 1) or (H, W, 3).

    It stands upright (EXIF), 16-bit grey is scaled to 8 bits, transparent parts become white.

    Args:
        path: the file.
        colour: channels to turn it to.
        size: height and width to resize to (bilinear, area-weighted when shrinking); None: as is.

    Raises:
        DataError: missing, empty, no PNG/JPEG/BMP, cut off, or absurdly large.
    """
    try:
        # Pillow only warns of a decompression bomb, and no warning shall reach a user's terminal.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=_FORMATS) as opened:
                if opened.width * opened.height > _MOST_PIXELS:
                    rule = f"must have at most {_MOST_PIXELS:,} pixels"
                    raise data_error(path, rule, given=f"{opened.width} x {opened.height}")
                return _to_array(opened, colour, size)
    except FileNotFoundError as fault:
        raise data_error(path, "no such file") from fault
    except UnidentifiedImageError as fault:
        rule = "the file is empty" if not path.stat().st_size else "is no PNG, JPEG or BMP image"
        raise data_error(path, rule) from fault
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as fault:
        remedy = "The file is cut off or damaged: get it again or leave it out"
        raise data_error(path, f"cannot be read ({fault})", remedy=remedy) from fault


def _to_array(
    opened: Image.Image, colour: Literal["grey", "rgb"], size: tuple[int, int] | None
) -> NDArray[np.uint8]:
    image = ImageOps.exif_transpose(opened)
    if image.mode.startswith("I"):
        # Pillow would clip 16-bit grey at 255 instead of scaling it.
        deep = np.asarray(image).astype(np.int64)
        image = Image.fromarray(((deep.clip(0, 65535) + 128) // 257).astype(np.uint8))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image)
    image = image.convert(_MODES[colour])
    if size is not None and (image.height, image.width) != size:
        image = image.resize((size[1], size[0]), Image.Resampling.BILINEAR)
    array: NDArray[Any] = np.asarray(image, dtype=np.uint8)
    return array[..., None] if array.ndim == 2 else array
