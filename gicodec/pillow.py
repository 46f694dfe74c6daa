"""A plugin for Pillow: ``import gicodec.pillow``, and Image.open() and save() know .gsi files."""

from __future__ import annotations

import io
import warnings
from dataclasses import replace
from typing import IO, Any

from PIL import Image, ImageFile

from gicodec.codec import decode, encode
from gicodec.errors import GsiError, GsiWarning
from gicodec.format import SIGNATURE, Header, describe
from gicodec.format.scan import scan
from gicodec.format.sections import Metadata
from gicodec.image.color import profile_of
from gicodec.image.metadata import EXIF_HEAD
from gicodec.image.read import ReadOptions, picture_of_pillow
from gicodec.options import DecodeOptions, EncodeOptions

FORMAT = "GSI"
OPTIONS = tuple(EncodeOptions.__dataclass_fields__)


class GsiImageFile(ImageFile.ImageFile):
    """A .gsi file: its header is read when it is opened, its Gaussians when pixels are needed."""

    format = FORMAT
    format_description = "2D Gaussians"

    def _open(self) -> None:
        try:
            assert self.fp is not None
            header, has_alpha, metadata = scan(self.fp)
        except GsiError as err:
            raise SyntaxError(str(err)) from err  # Pillow tries its next plugin
        self._size = header.width, header.height
        self._mode = _mode_of(header, has_alpha=has_alpha)
        profile = profile_of(header.color_space, metadata.profile)
        exif = None if metadata.exif is None else EXIF_HEAD + metadata.exif
        beside = {"icc_profile": profile, "exif": exif, "xmp": metadata.xmp}
        self.info.update({key: value for key, value in beside.items() if value is not None})
        self.info["bit_depth"] = header.bit_depth
        self._set_tile()

    def _set_tile(self) -> None:
        """Say that all pixels are still to come, one after the other."""
        self.tile = [ImageFile._Tile("raw", (0, 0, *self.size), 0, self.mode)]

    def draft(
        self, mode: str | None, size: tuple[int, int] | None
    ) -> tuple[str, tuple[int, int, float, float]] | None:
        """Decode at another size, the least of this shape that has so many pixels on both sides.

        Returns:
            The mode, and the box of the picture in the pixels of the new size.
        """
        if size is None or not self.tile:
            return None
        scale = max(side / whole for side, whole in zip(size, self.size, strict=True))
        if scale >= 1:
            return None
        width, height = self.size
        self._size = max(1, round(width * scale)), max(1, round(height * scale))
        self._set_tile()
        return self.mode, (0, 0, *self.size)

    def verify(self) -> None:
        """Check the framing and the checksum of the whole file.

        Raises:
            OSError: They are wrong.
        """
        if self.fp is None:
            return
        self.fp.seek(0)
        try:
            describe(self.fp.read())
        except GsiError as err:
            raise OSError(str(err)) from err
        super().verify()

    def load(self) -> Any:
        """Decode, the first time."""
        if self.tile and self.fp is not None:
            self.fp.seek(0)
            try:
                picture = decode(
                    self.fp.read(), DecodeOptions(size=self.size, bits=16 if self.mode == "I;16" else 8)
                )
            except GsiError as err:
                raise OSError(str(err)) from err
            if self._exclusive_fp:
                self.fp.close()
            self.fp = io.BytesIO(picture.as_array().tobytes())
            self._set_tile()
        return super().load()

    def load_seek(self, pos: int) -> None:
        """Do nothing; as there is such a method, Pillow does not take the file for the pixels themselves."""


def _mode_of(header: Header, *, has_alpha: bool) -> str:
    if header.channels == 1 and header.bit_depth == 16 and not has_alpha:
        return "I;16"
    return {(1, False): "L", (1, True): "LA", (3, False): "RGB", (3, True): "RGBA"}[
        header.channels, has_alpha
    ]


def _accept(prefix: bytes) -> bool:
    return prefix.startswith(SIGNATURE)


def _save(image: Image.Image, stream: IO[bytes], filename: str | bytes) -> None:
    """Encode with the keywords of EncodeOptions, and icc_profile, exif and xmp as other plugins take them."""
    given = getattr(image, "encoderinfo", {})
    options = EncodeOptions(**{name: given[name] for name in OPTIONS if name in given})
    copy = image.copy()
    copy.info = dict(image.info)
    if "icc_profile" in given:
        copy.info["icc_profile"] = given["icc_profile"]
    try:
        picture, dropped = picture_of_pillow(copy, ReadOptions(), upright=False)
    except GsiError as err:
        raise OSError(f"cannot write mode {image.mode} as {FORMAT}: {err}") from err
    for line in dropped:
        warnings.warn(line, GsiWarning, stacklevel=3)
    exif, xmp = given.get("exif"), given.get("xmp")
    if isinstance(exif, Image.Exif):
        exif = exif.tobytes()
    exif = exif.removeprefix(EXIF_HEAD) if exif else None
    kept = replace(picture, metadata=Metadata(picture.metadata.profile, exif, xmp or None))
    stream.write(encode(kept, options).data)


Image.register_open(FORMAT, GsiImageFile, _accept)
Image.register_save(FORMAT, _save)
Image.register_extension(FORMAT, ".gsi")
Image.register_mime(FORMAT, "image/x-gsi")
