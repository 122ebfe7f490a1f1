"""Measures how long a photograph of 12 megapixels takes in all sizes, by Pillow and, where it is installed, by libvips.

``python -m bench.media_variants`` prints processor seconds and memory, each in a process of its own. For libvips:
``pip install pyvips pyvips-binary`` in a scratch environment. docs/decisions/0018-pillow-or-libvips.md has the figures.
"""

import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

WIDTHS: Final = (1920, 1280, 960, 640, 320)
ROUNDS: Final = 3


def draw(path: Path) -> None:
    """Draw the photograph: soft gradients with noise, as of grass and skin."""
    from PIL import Image

    size = (4000, 3000)
    noise = Image.effect_noise((1000, 750), 60).resize(size)
    gradients = (Image.radial_gradient("L").resize(size), Image.linear_gradient("L").resize(size))
    Image.merge("RGB", (noise, *gradients)).save(path, quality=90)


def by_pillow(path: Path, folder: Path) -> None:
    """Make the variants as Masthead does."""
    from masthead.media.processing import variants

    variants.make(path, "image/jpeg", folder, WIDTHS)


def by_libvips(path: Path, folder: Path) -> None:
    """Make them with libvips: one shrink on load for each size, then the same encoders at the same settings."""
    import pyvips

    pyvips.cache_set_max(0)
    for width in WIDTHS:
        image = pyvips.Image.thumbnail(str(path), width).copy_memory()
        image.jpegsave(str(folder / f"{width}.jpg"), Q=80, interlace=True, optimize_coding=True)
        image.heifsave(str(folder / f"{width}.avif"), Q=58, compression="av1", effort=1)
        image.webpsave(str(folder / f"{width}.webp"), Q=78, effort=2)


def measure(name: str, path: Path) -> None:
    """Print the cost of one round in this process, as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        {"pillow": by_pillow, "libvips": by_libvips}[name](path, Path(folder))
        size = sum(file.stat().st_size for file in Path(folder).iterdir())
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {"seconds": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss // 1024, "bytes": size}
        )
    )


def main() -> None:
    """Measure both, several times, and print the best round of each."""
    if len(sys.argv) == 3:
        measure(sys.argv[1], Path(sys.argv[2]))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "photograph.jpg"
        draw(path)
        for name in ("pillow", "libvips"):
            command = [sys.executable, "-m", "bench.media_variants", name, str(path)]
            rounds = [subprocess.run(command, capture_output=True, check=False) for _ in range(ROUNDS)]
            if any(one.returncode for one in rounds):
                print(f"{name}: not installed")
                continue
            best = min((json.loads(one.stdout) for one in rounds), key=lambda found: found["seconds"])
            print(
                f"{name}: {best['seconds']:.2f} s, {best['memory']} MB, {best['bytes'] / 1000:.0f} kB written"
            )


if __name__ == "__main__":
    main()
