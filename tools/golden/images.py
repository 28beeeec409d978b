"""Small JPEG and PNG files of every kind that photos come in, and what Pillow reads of them.

Needs pillow, numpy and safetensors from PyPI (tools/oracle.txt). Writes tests/golden/images/* and
tests/golden/images.safetensors: FILE: [3, H, W] bytes, upright, as RGB; resize/FROM-TO: an image
resized with Pillow's bilinear filter.
"""

import io
import zlib
from pathlib import Path

import numpy
from PIL import Image, ImageOps
from safetensors.numpy import save_file

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "golden"
HEIGHT, WIDTH = 21, 30
ORIENTATION = 0x0112


def scene():
    """Smooth colours, a sharp edge and a dark corner, different on every side."""
    y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH]
    red = 255 * x / (WIDTH - 1)
    green = 255 * y / (HEIGHT - 1)
    blue = numpy.where(x + 2 * y > 40, 220, 30)
    image = numpy.stack([red, green, blue], axis=2)
    image[:5, :7] = 10
    return Image.fromarray(image.round().astype(numpy.uint8))


def jpegs(image):
    grey, cmyk = image.convert("L"), image.convert("CMYK")
    yield "baseline.jpg", image, {"quality": 90}
    yield "full_colour.jpg", image, {"quality": 90, "subsampling": 0}
    yield "progressive.jpg", image, {"quality": 85, "progressive": True}
    yield "grey.jpg", grey, {"quality": 90}
    yield "cmyk.jpg", cmyk, {"quality": 90}
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        yield f"orientation_{orientation}.jpg", image, {"quality": 90, "exif": exif}


def pngs(image):
    alpha = image.convert("RGBA")
    alpha.putalpha(image.convert("L"))
    yield "colour.png", image, {}
    yield "alpha.png", alpha, {}
    yield "grey.png", image.convert("L"), {}
    yield "grey_alpha.png", alpha.convert("LA"), {}
    yield "palette.png", image.quantize(16), {}
    yield "palette_transparent.png", image.quantize(16), {"transparency": 3}
    yield "bits_1.png", image.convert("1"), {}
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    yield "orientation_6.png", image, {"exif": exif}


def png_chunk(kind, content):
    return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")


def png_of_16_bits(image, colour_type):
    """A file whose low bytes differ from the high ones; Pillow writes none in colour."""
    high = numpy.asarray(image).astype(numpy.uint16)
    words = (high * 256 + (high * 7 + 91) % 256).astype(">u2")
    rows = b"".join(b"\0" + row.tobytes() for row in words)
    header = WIDTH.to_bytes(4, "big") + HEIGHT.to_bytes(4, "big") + bytes([16, colour_type, 0, 0, 0])
    return (b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(rows))
            + png_chunk(b"IEND", b""))


def planes(image):
    return numpy.ascontiguousarray(numpy.asarray(image).transpose(2, 0, 1))


def read_upright(content):
    return planes(ImageOps.exif_transpose(Image.open(io.BytesIO(content))).convert("RGB"))


def main():
    image, table = scene(), {}
    (FOLDER / "images").mkdir(parents=True, exist_ok=True)
    files = {"bits_16.png": png_of_16_bits(image, 2), "grey_bits_16.png": png_of_16_bits(image.convert("L"), 0)}
    for made in (jpegs, pngs):
        for name, picture, options in made(image):
            content = io.BytesIO()
            picture.save(content, "JPEG" if made is jpegs else "PNG", **options)
            files[name] = content.getvalue()
    for name, content in files.items():
        (FOLDER / "images" / name).write_bytes(content)
        table[name] = read_upright(content)
    # Pillow would cut 16-bit grey at 255; the high byte is meant.
    table["grey_bits_16.png"] = planes(image.convert("L").convert("RGB"))
    for height, width in ((7, 10), (20, 13), (33, 61), (21, 5), (1, 1)):
        resized = image.resize((width, height), Image.Resampling.BILINEAR)
        table[f"resize/{height}x{width}"] = planes(resized)
    real = numpy.asarray(image.convert("F"))
    for height, width in ((8, 9), (40, 31)):
        resized = Image.fromarray(real).resize((width, height), Image.Resampling.BILINEAR)
        table[f"resize_real/{height}x{width}"] = numpy.asarray(resized)[None].copy()
    table["real"] = real[None].copy()
    made_by = {"made_by": "tools/golden, pillow " + Image.__version__}
    save_file(table, FOLDER / "images.safetensors", metadata=made_by)
    (FOLDER / "images.safetensors").chmod(0o644)


if __name__ == "__main__":
    main()
