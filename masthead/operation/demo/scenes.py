"""The landscapes of the demonstration. Each scene varies with the seed of its canvas."""

import math
from collections.abc import Callable

from masthead.operation.demo.canvas import HEIGHT, WIDTH, Canvas, mix


def hills(canvas: Canvas) -> None:
    """Layered ridges under a low sun."""
    inks, draw = canvas.inks, canvas.random
    canvas.fill(inks.paper, inks.haze, end=720)
    canvas.disc(draw.uniform(320, 1_280), draw.uniform(230, 380), draw.uniform(70, 120), inks.spot)
    for layer in range(6):
        top = 420 + layer * 95
        points = canvas.ridge(top, 70 - layer * 6)
        canvas.polygon([*points, (WIDTH, HEIGHT), (0, HEIGHT)], canvas.tone(0.15 + layer * 0.16))


def coast(canvas: Canvas) -> None:
    """A headland with a lighthouse above a calm sea."""
    inks, draw = canvas.inks, canvas.random
    canvas.fill(mix(inks.haze, inks.paper, 0.6), inks.paper, end=560)
    canvas.fill(canvas.tone(0.35), canvas.tone(0.85), begin=560)
    side = draw.choice((0, 1))
    sun = 1_150 - side * 700
    canvas.disc(sun, 400, 90, inks.spot)
    for row in range(26):
        y = 572 + row * row * 0.6
        half = 70 + row * draw.uniform(2, 9)
        canvas.box(
            sun - half, y, 2 * half, 2 + row * 0.12, mix(canvas.tone(0.5), inks.spot, 0.75 - row * 0.022)
        )
    land = [(x, min(y, 640)) for x, y in canvas.ridge(500, 24) if x < 640]
    shape = [*land, (700, 600), (760, 640), (0, 700)]
    tower = [(238, 500), (250, 300), (286, 300), (298, 500)]
    flip = [(WIDTH - x, y) for x, y in shape] if side else shape
    canvas.polygon(flip, inks.ink)
    canvas.polygon([(WIDTH - x, y) for x, y in tower] if side else tower, inks.paper)
    x = WIDTH - 268 if side else 268
    canvas.box(x - 26, 292, 52, 9, inks.ink)
    canvas.box(x - 14, 262, 28, 30, inks.spot)
    canvas.polygon([(x - 22, 262), (x, 236), (x + 22, 262)], inks.ink)


def city(canvas: Canvas) -> None:
    """Roofs and a clock tower, a few windows lit."""
    inks, draw = canvas.inks, canvas.random
    canvas.fill(inks.paper, mix(inks.haze, inks.spot, 0.25), end=800)
    _tower(canvas, draw.uniform(420, 1_100))
    for layer, (top, step) in enumerate(((560, (80, 150)), (660, (110, 190)), (780, (150, 260)))):
        colour = canvas.tone(0.35 + layer * 0.3)
        for x, width in canvas.spread(-60, WIDTH, step):
            roof = top + draw.uniform(-70, 50)
            canvas.box(x, roof, width, HEIGHT - roof, colour)
            canvas.polygon(
                [
                    (x - 6, roof),
                    (x + width / 2, roof - width * draw.uniform(0.25, 0.6)),
                    (x + width + 6, roof),
                ],
                colour,
            )
            canvas.box(x + width * 0.68, roof - width * 0.34, width * 0.1, width * 0.3, colour)
            if layer:
                _windows(canvas, x, roof, width)


def _tower(canvas: Canvas, x: float) -> None:
    colour = canvas.tone(0.3)
    canvas.box(x, 260, 110, 500, colour)
    canvas.polygon([(x - 12, 262), (x + 55, 90), (x + 122, 262)], colour)
    canvas.disc(x + 55, 330, 38, canvas.inks.paper)
    canvas.line([(x + 55, 304), (x + 55, 330), (x + 74, 340)], canvas.inks.ink, 4)


def _windows(canvas: Canvas, x: float, roof: float, width: float) -> None:
    size = width / 9
    for row in range(4):
        for column in range(3):
            lit = canvas.random.random() < 0.28
            colour = mix(canvas.inks.spot, canvas.inks.paper, 0.45) if lit else canvas.tone(0.25)
            if lit or canvas.random.random() < 0.5:
                canvas.box(x + width * (0.16 + column * 0.27), roof + 34 + row * 64, size, size * 1.5, colour)


def forest(canvas: Canvas) -> None:
    """Trunks in mist, one of them much broader than the others."""
    inks, draw = canvas.inks, canvas.random
    canvas.fill(inks.paper, inks.haze)
    canvas.disc(draw.uniform(400, 1_200), 260, 110, mix(inks.paper, inks.spot, 0.55))
    for layer in range(4):
        colour = canvas.tone(0.1 + layer * 0.27)
        for x, width in canvas.spread(-40, WIDTH, (70 + layer * 40, 170 + layer * 60)):
            trunk = 8 + layer * 7 + draw.uniform(0, 8)
            lean = draw.uniform(-20, 20)
            canvas.polygon(
                [(x, HEIGHT), (x + lean, -10), (x + lean + trunk * 0.6, -10), (x + trunk, HEIGHT)], colour
            )
            for _ in range(4):
                y, reach = draw.uniform(60, 620), draw.uniform(-1, 1) * width * 0.8
                canvas.line([(x + trunk / 2, y), (x + reach, y - abs(reach) * 0.7)], colour, 2 + layer * 1.5)
        ground = canvas.ridge(800 + layer * 50, 16)
        canvas.polygon([*ground, (WIDTH, HEIGHT), (0, HEIGHT)], canvas.tone(0.15 + layer * 0.27))
    x = draw.uniform(500, 1_000)
    canvas.polygon(
        [(x - 130, HEIGHT), (x - 62, 700), (x - 70, -10), (x + 80, -10), (x + 62, 720), (x + 150, HEIGHT)],
        inks.ink,
    )


def river(canvas: Canvas) -> None:
    """A river between dark banks, a small ferry in the middle of it."""
    inks = canvas.inks
    canvas.fill(inks.paper, mix(inks.haze, inks.paper, 0.3), end=400)
    for layer in range(3):
        points = canvas.ridge(300 + layer * 36, 34)
        canvas.polygon([*points, (WIDTH, HEIGHT), (0, HEIGHT)], canvas.tone(0.2 + layer * 0.17))
    middle = [(y, 800 + 210 * math.sin((y - 390) / 130)) for y in range(390, HEIGHT + 9, 8)]
    half = {y: 18 + (y - 390) ** 1.32 * 0.11 for y, _ in middle}
    left = [(x - half[y], float(y)) for y, x in middle]
    right = [(x + half[y], float(y)) for y, x in middle]
    land = canvas.ridge(384, 12)
    canvas.polygon([*land, (WIDTH, HEIGHT), (0, HEIGHT)], canvas.tone(0.7))
    fields = [(x, y + 190 + x * 0.05) for x, y in canvas.ridge(384, 30)]
    canvas.polygon([*fields, (WIDTH, HEIGHT), (0, HEIGHT)], canvas.tone(0.85))
    canvas.polygon([*left, *reversed(right)], mix(inks.paper, inks.haze, 0.35))
    for y, x in middle[8:-4:5]:
        reach = half[y] * canvas.random.uniform(0.3, 0.7)
        canvas.line([(x - reach, y), (x + reach * 0.4, y)], mix(inks.haze, inks.paper, 0.35), 2.5)
    y, x = middle[36]
    canvas.line([(0, y - 60), (x, y - 40), (WIDTH, y - 60)], inks.ink, 1.6)
    canvas.polygon([(x - 62, y - 8), (x + 62, y - 8), (x + 50, y + 16), (x - 50, y + 16)], inks.ink)
    canvas.box(x - 20, y - 44, 34, 36, inks.spot)
    canvas.line([(x - 50, y - 8), (x - 20, y - 41)], inks.ink, 2)
    canvas.line([(x + 50, y - 8), (x + 26, y - 41)], inks.ink, 2)


def night(canvas: Canvas) -> None:
    """Stars and a moon above a dark ridge."""
    inks, draw = canvas.inks, canvas.random
    dark = mix(inks.ink, (8, 10, 22), 0.45)
    canvas.fill(dark, mix(inks.ink, inks.haze, 0.45))
    for _ in range(420):
        x, y = draw.uniform(0, WIDTH), draw.uniform(0, 1) ** 1.4 * 780
        canvas.disc(
            x, y, draw.choice((0.8, 0.8, 1.2, 1.2, 1.8, 2.6)), mix(dark, inks.paper, draw.uniform(0.4, 1))
        )
    x, y, radius = draw.uniform(300, 1_300), draw.uniform(170, 330), draw.uniform(56, 92)
    canvas.disc(x, y, radius, inks.paper)
    canvas.disc(x + radius * 0.42, y - radius * 0.14, radius * 0.9, mix(dark, inks.haze, 0.14))
    for layer in range(3):
        points = canvas.ridge(700 + layer * 90, 60 - layer * 14)
        canvas.polygon(
            [*points, (WIDTH, HEIGHT), (0, HEIGHT)], mix(inks.ink, (6, 8, 18), 0.15 + layer * 0.35)
        )


SCENES: dict[str, tuple[Callable[[Canvas], None], str]] = {
    "hills": (hills, "Layered ridges under a low sun, in two colours."),
    "coast": (coast, "A headland with a lighthouse above a calm sea, the sun low over the water."),
    "city": (city, "Roofs and a clock tower at dusk, a few windows lit."),
    "forest": (forest, "Tree trunks in mist, one of them much broader than the others."),
    "river": (river, "A river between dark banks, with a small ferry on a rope in the middle of it."),
    "night": (night, "Stars and a crescent moon above dark ridges."),
}
