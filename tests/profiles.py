"""Color profiles for the tests, made by Pillow's library, and changed by hand."""

from __future__ import annotations

from functools import cache

from PIL import ImageCms


@cache
def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def with_gamma(gamma: float) -> bytes:
    """Return a profile that is called sRGB, and has its primaries, but a curve of another exponent."""
    srgb = srgb_profile()
    at = srgb.index(b"para") + 12  # of a parametric curve: its exponent, in 65536ths
    return srgb[:at] + round(gamma * 65536).to_bytes(4, "big") + srgb[at + 4 :]


def named(profile: bytes, name: str) -> bytes:
    """Return a profile by another name, of as many letters as "sRGB built-in" at most."""
    old, new = "sRGB built-in".encode("utf-16-be"), name.ljust(13).encode("utf-16-be")
    assert profile.count(old) == 1
    assert len(old) == len(new)
    return profile.replace(old, new)


@cache
def gray_profile(gamma: float = 1.8) -> bytes:
    """Return a profile of gray, version 2.4, with a curve of one exponent."""
    white = b"XYZ \0\0\0\0" + bytes.fromhex("0000f6d6000100000000d32d")
    curve = b"curv\0\0\0\0" + (1).to_bytes(4, "big") + round(gamma * 256).to_bytes(2, "big") + b"\0\0"
    text = b"gray\0"
    desc = b"desc\0\0\0\0" + len(text).to_bytes(4, "big") + text
    desc += bytes(4 + 4 + 2 + 1 + 67)
    desc += bytes(-len(desc) % 4)
    tags, body, start = b"", b"", 128 + 4 + 12 * 3
    for name, data in ((b"desc", desc), (b"wtpt", white), (b"kTRC", curve)):
        tags += name + (start + len(body)).to_bytes(4, "big") + len(data).to_bytes(4, "big")
        body += data
    size = start + len(body)
    head = size.to_bytes(4, "big") + bytes(4) + bytes.fromhex("02400000") + b"mntrGRAYXYZ "
    head += bytes.fromhex("07ea00010001000000000000") + b"acsp" + bytes(28)
    head += bytes.fromhex("0000f6d6000100000000d32d")
    return head.ljust(128, b"\0") + (3).to_bytes(4, "big") + tags + body
