"""The still lifes of the demonstration: tools, dishes, books, wheels and plans. See `scenes` for landscapes."""

import math
from collections.abc import Callable

from masthead.operation.demo.canvas import HEIGHT, WIDTH, Canvas, Colour, Point, mix
from masthead.operation.demo.scenes import SCENES


def table(canvas: Canvas) -> None:
    """Bottles, a bowl and a round loaf on a table."""
    inks, draw = canvas.inks, canvas.random
    _room(canvas)
    x = draw.uniform(230, 360)
    for height in draw.sample((330, 410, 480, 370), 3):
        _bottle(canvas, x, height, draw.choice((canvas.tone(0.55), canvas.tone(0.85), inks.spot)))
        x += draw.uniform(165, 215)
    x = max(x + 110, 960)
    _half_disc(canvas, x, 660, 175, inks.ink, begin=0)
    canvas.box(x - 190, 648, 380, 16, inks.ink)
    canvas.box(x - 60, 828, 120, 24, inks.ink)
    for shift in (-90, -10, 80):
        canvas.disc(x + shift, 630, 52, mix(inks.spot, inks.paper, draw.uniform(0, 0.4)))
    canvas.box(x - 190, 648, 380, 20, inks.ink)
    _half_disc(canvas, 1_400, 860, 130, mix(inks.spot, inks.haze, 0.5), begin=180)


def bench(canvas: Canvas) -> None:
    """A plane, a box and a row of chisels on a workbench."""
    inks, draw = canvas.inks, canvas.random
    _room(canvas)
    canvas.box(160, 200, 900, 22, canvas.tone(0.6))
    for place in range(7):
        _chisel(canvas, 220 + place * 120, 222, draw.uniform(190, 290), place == draw.randrange(7))
    size = draw.uniform(210, 280)
    canvas.box(1_130, 852 - size, size * 1.3, size, canvas.tone(0.3))
    canvas.box(1_110, 836 - size, size * 1.3 + 40, 26, inks.ink)
    for tooth in range(4):
        canvas.box(1_130, 862 - size + tooth * size / 4 + 12, 34, size / 8, inks.ink)
    x = draw.uniform(260, 480)
    canvas.polygon([(x, 850), (x, 770), (x + 430, 770), (x + 460, 800), (x + 460, 850)], inks.ink)
    canvas.polygon([(x + 170, 770), (x + 230, 640), (x + 262, 640), (x + 236, 770)], canvas.tone(0.5))
    canvas.polygon([(x + 20, 770), (x + 40, 660), (x + 96, 650), (x + 110, 770)], inks.spot)
    canvas.disc(x + 370, 742, 36, inks.spot)


def pages(canvas: Canvas) -> None:
    """Books, standing and lying."""
    inks, draw = canvas.inks, canvas.random
    _room(canvas)
    colours = [canvas.tone(depth) for depth in (0.2, 0.45, 0.7, 1.0)] + [inks.spot]
    for x, width in canvas.spread(200, 820, (44, 92)):
        height = draw.uniform(330, 520)
        colour = draw.choice(colours)
        canvas.box(x, 850 - height, width - 5, height, colour)
        for share in (0.12, 0.16, 0.82):
            canvas.box(x, 850 - height * (1 - share), width - 5, 7, mix(colour, inks.paper, 0.5))
    y = 850.0
    for _ in range(draw.randint(4, 6)):
        height, width, left = draw.uniform(42, 74), draw.uniform(400, 520), draw.uniform(930, 990)
        y -= height
        canvas.box(left, y, width, height - 4, draw.choice(colours))
        canvas.box(left + width - 26, y + 7, 26, height - 18, inks.paper)
    canvas.polygon([(1_000, y), (1_190, y - 60), (1_200, y - 8)], inks.paper)
    canvas.polygon([(1_400, y), (1_210, y - 60), (1_200, y - 8)], mix(inks.paper, inks.haze, 0.4))


def gears(canvas: Canvas) -> None:
    """Interlocking wheels of different sizes."""
    inks, draw = canvas.inks, canvas.random
    canvas.fill(inks.paper, mix(inks.paper, inks.haze, 0.6))
    wheels = (
        (430, 560, 300, 36),
        (905, 330, 210, 26),
        (1_180, 690, 250, 30),
        (760, 830, 120, 16),
        (1_480, 330, 190, 22),
    )
    colours = [canvas.tone(depth) for depth in (0.35, 0.6, 0.8, 1.0)] + [inks.spot]
    draw.shuffle(colours)
    for (x, y, radius, teeth), colour in zip(wheels, colours, strict=True):
        _wheel(canvas, x, y, radius * draw.uniform(0.92, 1.02), teeth, colour)


def _wheel(canvas: Canvas, x: float, y: float, radius: float, teeth: int, colour: Colour) -> None:
    turn = canvas.random.uniform(0, 1)
    outline: list[Point] = []
    for step in range(teeth * 4):
        reach = radius + (16 if step % 4 in {1, 2} else -10)
        angle = math.tau * (step + turn) / (teeth * 4)
        outline.append((x + reach * math.cos(angle), y + reach * math.sin(angle)))
    canvas.polygon(outline, colour)
    canvas.disc(x, y, radius * 0.78, mix(canvas.inks.paper, canvas.inks.haze, 0.25))
    for spoke in range(6):
        angle = math.tau * (spoke + turn) / 6
        end = (x + radius * 0.8 * math.cos(angle), y + radius * 0.8 * math.sin(angle))
        canvas.line([(x, y), end], colour, radius * 0.09)
    canvas.disc(x, y, radius * 0.2, colour)
    canvas.disc(x, y, radius * 0.07, canvas.inks.paper)


def orbits(canvas: Canvas) -> None:
    """Overlapping circles, arcs and discs."""
    inks, draw = canvas.inks, canvas.random
    canvas.fill(inks.paper, mix(inks.paper, inks.haze, 0.35))
    x, y = draw.uniform(560, 760), draw.uniform(470, 540)
    canvas.disc(x, y, 330, mix(inks.paper, inks.haze, 0.7))
    canvas.disc(x + 420, y - 20, 250, mix(inks.haze, inks.ink, 0.35))
    canvas.disc(x + 250, y - 10, 130, inks.spot)
    for number in range(9):
        canvas.ring(x + number * 36, y + number * 5, 430 - number * 38, inks.ink, 2.2)
    for number in range(7):
        angle = math.tau * number / 7 + draw.uniform(0, 0.3)
        canvas.disc(x + 430 * math.cos(angle), y + 430 * math.sin(angle), draw.uniform(10, 24), inks.ink)


def plan(canvas: Canvas) -> None:
    """A plan of streets beside a river, with rings that spread from one corner."""
    inks, draw = canvas.inks, canvas.random
    canvas.fill(mix(inks.paper, inks.haze, 0.15), inks.paper)
    slant = draw.uniform(-0.25, 0.25)
    for x, width in canvas.spread(-300, WIDTH + 200, (70, 150)):
        for y, height in canvas.spread(-40, HEIGHT, (60, 130)):
            shift, colour = y * slant, canvas.tone(draw.choice((0.0, 0.15, 0.15, 0.4, 0.75)))
            right, below = x + width - 14, y + height - 14
            canvas.polygon(
                [
                    (x + shift, y),
                    (right + shift, y),
                    (right + below * slant - y * slant + shift, below),
                    (x + below * slant, below),
                ],
                colour,
            )
    river = canvas.ridge(draw.uniform(520, 720), 70)
    canvas.polygon([*river, *((x, y + 120) for x, y in reversed(river))], inks.paper)
    x, y = draw.uniform(350, 1_250), draw.uniform(230, 460)
    canvas.disc(x, y, 22, inks.spot)
    for number in range(1, 7):
        canvas.ring(x, y, 22 + number * 62, inks.spot, 6.5 - number * 0.8)


def arches(canvas: Canvas) -> None:
    """Arches above still water, and their reflection."""
    inks = canvas.inks
    canvas.fill(canvas.tone(0.55), inks.ink)
    light = mix(inks.spot, inks.paper, 0.35)
    for place in range(-2, 3):
        x = WIDTH / 2 + place * 340
        for depth in range(5):
            width = 290 - depth * 46
            top = 330 + depth * 30
            lit = 1 - abs(place) * 0.22 if depth == 4 else 0.0
            tone = mix(canvas.tone(0.25 + depth * 0.17), light, lit)
            canvas.box(x - width / 2, top, width, 640 - top, tone)
            canvas.disc(x, top, width / 2, tone)
            shade = mix(tone, inks.ink, 0.5)
            canvas.box(x - width / 2, 640, width, 640 - top, shade)
            canvas.disc(x, 1_280 - top, width / 2, shade)
    for row in range(18):
        y, reach = 650 + row * row * 1.05, canvas.random.uniform(200, 700)
        middle = canvas.random.uniform(300, 1_300)
        canvas.line([(middle - reach, y), (middle + reach, y)], mix(inks.ink, canvas.tone(0.4), 0.55), 2)
    canvas.box(0, 636, WIDTH, 6, mix(inks.ink, inks.paper, 0.35))


def _room(canvas: Canvas) -> None:
    """A wall and the edge of a table."""
    canvas.fill(canvas.inks.paper, mix(canvas.inks.paper, canvas.inks.haze, 0.75), end=850)
    canvas.fill(canvas.tone(0.4), canvas.tone(0.7), begin=850)


def _bottle(canvas: Canvas, x: float, height: float, colour: Colour) -> None:
    top = 850 - height
    canvas.box(x, top + height * 0.38, 120, height * 0.62, colour)
    _half_disc(canvas, x + 60, top + height * 0.39, 60, colour, begin=180)
    canvas.box(x + 40, top, 40, height * 0.4, colour)
    canvas.box(x + 34, top - 6, 52, 18, canvas.inks.ink)
    canvas.box(x + 14, top + height * 0.46, 12, height * 0.42, mix(colour, canvas.inks.paper, 0.5))


def _chisel(canvas: Canvas, x: float, y: float, length: float, is_special: bool) -> None:
    handle = canvas.inks.spot if is_special else canvas.tone(0.35)
    canvas.box(x, y + 6, 34, 110, handle)
    canvas.box(x - 3, y + 104, 40, 14, canvas.inks.ink)
    canvas.polygon(
        [(x + 5, y + 118), (x + 29, y + 118), (x + 29, y + length), (x + 5, y + length - 18)], canvas.inks.ink
    )


def _half_disc(canvas: Canvas, x: float, y: float, radius: float, colour: Colour, *, begin: int) -> None:
    """The lower half (``begin`` 0) or the upper half (180) of a disc."""
    angles = [math.radians(begin + step) for step in range(0, 181, 3)]
    canvas.polygon([(x + radius * math.cos(a), y + radius * math.sin(a)) for a in angles], colour)


STILL_LIFES: dict[str, tuple[Callable[[Canvas], None], str]] = {
    "table": (table, "Bottles, a bowl of fruit and a round loaf on a table."),
    "bench": (bench, "A plane and a wooden box on a workbench, a row of chisels on the wall behind."),
    "pages": (pages, "Books on a table, some standing and some in a pile, one of them open."),
    "gears": (gears, "Interlocking toothed wheels of different sizes."),
    "orbits": (orbits, "Overlapping discs and circles of different sizes."),
    "plan": (plan, "A plan of streets beside a river, with rings that spread from one corner."),
    "arches": (arches, "Arches above still water, and their reflection."),
}
#: All drawings by name: function and alternative text.
DRAWINGS = SCENES | STILL_LIFES


def draw(seed: str, name: str) -> bytes:
    """Draw a JPEG file; the same seed gives the same picture."""
    canvas = Canvas(seed)
    DRAWINGS[name][0](canvas)
    return canvas.jpeg()
