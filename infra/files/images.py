"""Images are written anew from their pixels: position, camera, comments, thumbnails and whatever
was appended are gone. One at a time in a process, so that memory stays bounded.
"""

import struct
import threading
import zlib
from io import BytesIO
from pathlib import Path
from typing import IO

from PIL import Image, ImageOps
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from infra.files.kinds import MediaType
from services.shared.errors import RuleBroken

# 25 million pixels: an A4 page at 500 dpi, or the photo of a present phone.
MAX_PIXELS = 25_000_000
MAX_SIDE = 20_000
# Opened as this and nothing else: no other format is tried, no second frame looked for.
_READERS: dict[MediaType, type[ImageFile]] = {
    MediaType.JPEG: JpegImageFile,
    MediaType.PNG: PngImageFile,
}
_FORMATS = {MediaType.JPEG: "JPEG", MediaType.PNG: "PNG"}
_PLAIN_MODES = {MediaType.JPEG: ("L", "RGB"), MediaType.PNG: ("L", "LA", "RGB", "RGBA")}
# What Pillow raises over a file that is broken or made to break it.
_BROKEN = (
    Image.DecompressionBombError,
    OSError,
    ValueError,
    SyntaxError,
    TypeError,
    LookupError,
    ArithmeticError,
    EOFError,
    MemoryError,
    struct.error,
    zlib.error,
)
_one_at_a_time = threading.BoundedSemaphore(1)


def write_anew(source: IO[bytes], kind: MediaType, target: Path) -> None:
    """RuleBroken for what is too large or no image of that kind."""
    with _one_at_a_time:
        try:
            _copy_pixels(source, kind, target)
        except _BROKEN:
            raise RuleBroken("document-damaged") from None


def size_of(data: bytes, kind: MediaType) -> tuple[int, int]:
    """Width and height of an image that was written anew."""
    with _READERS[kind](BytesIO(data)) as image:
        return image.size


def _copy_pixels(source: IO[bytes], kind: MediaType, target: Path) -> None:
    source.seek(0)
    with _READERS[kind](source) as image:
        # Only the header was read so far.
        if image.width * image.height > MAX_PIXELS or max(image.size) > MAX_SIDE:
            raise RuleBroken("image-too-large")
        image.load()
        plain = _plain(image, kind)
        # Pillow writes comments, profiles and more from here unless it is empty.
        plain.info = {}
        options = {"quality": 90} if kind is MediaType.JPEG else {}
        plain.save(target, format=_FORMATS[kind], **options)


def _plain(image: Image.Image, kind: MediaType) -> Image.Image:
    """Upright, and in colours every viewer knows."""
    if image.mode.startswith("I"):
        image = image.point(lambda value: value / 256).convert("L")
    if image.mode not in _PLAIN_MODES[kind]:
        clear = "transparency" in image.info and kind is MediaType.PNG
        image = image.convert("RGBA" if clear else "RGB")
    upright = ImageOps.exif_transpose(image)
    # The first frame alone, as an image that knows no file.
    return upright if type(upright) is Image.Image else upright.copy()
