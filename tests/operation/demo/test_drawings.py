from io import BytesIO

import pytest
from PIL import Image

from masthead.operation.demo.still_lifes import DRAWINGS, draw


@pytest.mark.parametrize("name", sorted(DRAWINGS))
def test_a_drawing_is_a_small_picture_and_the_same_each_time(name):
    drawing = draw("seed", name)
    assert drawing == draw("seed", name)
    assert len(drawing) < 500_000
    image = Image.open(BytesIO(drawing))
    assert (image.format, image.size) == ("JPEG", (1_600, 1_000))
    # Something is on it.
    assert len(image.reduce(20).getcolors(5_000) or []) > 20


def test_another_seed_gives_another_picture():
    assert draw("one", "hills") != draw("two", "hills")
