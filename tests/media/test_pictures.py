from io import BytesIO

import pytest
from PIL import Image

from masthead.media.errors import PictureRefused
from masthead.media.processing import pictures, structure, variants
from tests.media.pictures import (
    PLACE,
    animation,
    bomb_header,
    photograph,
    picture,
    with_chunk,
    with_text_chunk,
)

KINDS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
TYPES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "AVIF": "image/avif",
}


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


@pytest.mark.parametrize("kind", KINDS)
def test_prepare_accepts_every_format_on_the_list(kind):
    prepared = pictures.prepare(picture(kind))
    assert (prepared.facts.media_type, prepared.facts.width, prepared.facts.height) == (TYPES[kind], 64, 48)
    assert opened(prepared.content).format == kind


@pytest.mark.parametrize("kind", KINDS)
def test_prepare_changes_nothing_when_it_sees_its_own_result_again(kind):
    once = pictures.prepare(photograph(kind) if kind != "GIF" else picture(kind, comment=PLACE.encode()))
    assert pictures.prepare(once.content).content == once.content


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_kept_holds_pixels_alone(kind):
    source = photograph(kind) if kind != "GIF" else picture(kind, comment=PLACE.encode())
    assert PLACE.encode() in source
    kept = pictures.prepare(source).content
    assert PLACE.encode() not in kept
    assert structure.is_bare(kept, kind)
    assert not opened(kept).getexif()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_photograph_is_turned_upright(kind):
    prepared = pictures.prepare(photograph(kind))
    assert (prepared.facts.width, prepared.facts.height) == (48, 64) == opened(prepared.content).size


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_colour_profile_is_applied_and_dropped(kind):
    # Red and green exchanged, as no real camera does: whoever ignores the profile shows green.
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    swapped = bytearray(profile)
    swapped[red : red + 4], swapped[green : green + 4] = b"gXYZ", b"rXYZ"
    source = BytesIO()
    Image.new("RGB", (32, 32), (255, 0, 0)).save(source, kind, icc_profile=bytes(swapped))
    kept = opened(pictures.prepare(source.getvalue()).content)
    shown_red, shown_green, _ = kept.convert("RGB").getpixel((16, 16))
    assert shown_green > 200 > 60 > shown_red
    assert "icc_profile" not in kept.info


def test_a_profile_that_cannot_be_read_is_dropped():
    assert (
        "icc_profile"
        not in opened(pictures.prepare(picture("JPEG", icc_profile=b"no profile" * 20)).content).info
    )


def test_a_text_chunk_is_dropped():
    assert PLACE.encode() not in pictures.prepare(with_text_chunk(picture("PNG"))).content


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_a_png_keeps_its_depth_and_transparency(mode):
    source = BytesIO()
    Image.new(mode, (8, 8)).save(source, "PNG", **({"transparency": 0} if mode == "P" else {}))
    kept = opened(pictures.prepare(with_text_chunk(source.getvalue())).content)
    assert kept.mode == mode
    assert ("transparency" in kept.info) == (mode == "P")


def test_a_printers_jpeg_becomes_one_for_screens():
    kept = opened(pictures.prepare(picture("JPEG", mode="CMYK")).content)
    assert kept.mode == "RGB"


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
@pytest.mark.parametrize("is_clean", [True, False])
def test_an_animation_stays_one(kind, is_clean):
    extra = {"GIF": {"comment": PLACE.encode()}, "PNG": {}, "WEBP": {"xmp": PLACE.encode()}}[kind]
    source = animation(kind, **({} if is_clean else extra))
    content = pictures.prepare(with_text_chunk(source) if kind == "PNG" and not is_clean else source).content
    assert PLACE.encode() not in content
    kept = opened(content)
    durations = []
    for frame in range(kept.n_frames):
        kept.seek(frame)
        kept.load()
        durations.append(kept.info["duration"])
    assert (durations, kept.info["loop"]) == ([100, 200, 300], 2)


def test_an_animated_png_with_a_profile_is_encoded_anew_and_shows_the_same():
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    source = animation("PNG", icc_profile=profile)
    content = pictures.prepare(source).content
    assert b"iCCP" not in content
    before, after = opened(source), opened(content)
    assert after.n_frames == before.n_frames == 3
    for frame in range(3):
        before.seek(frame)
        after.seek(frame)
        assert after.convert("RGB").tobytes() == before.convert("RGB").tobytes()
        assert after.info["duration"] == before.info["duration"]


@pytest.mark.parametrize(
    "chunks",
    [
        [(b"fdAT", PLACE.encode())],
        [(b"fcTL", PLACE.encode().ljust(26))],
        [(b"acTL", PLACE.encode()), (b"fdAT", b"x")],
    ],
)
def test_what_is_no_part_of_an_animation_is_dropped(chunks):
    png = picture("PNG")
    extra = b"".join(with_chunk(name, content) for name, content in chunks)
    end = png.rindex(b"IEND") - 4
    assert PLACE.encode() not in pictures.prepare(png[:end] + extra + png[end:]).content


def test_of_a_moving_avif_the_first_frame_stays():
    kept = opened(pictures.prepare(animation("AVIF")).content)
    assert getattr(kept, "n_frames", 1) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_what_hides_behind_a_picture_is_dropped(kind):
    source = picture(kind) + b"<script>alert(document.domain)</script>"
    assert b"<script>" not in pictures.prepare(source).content


def test_a_gif_that_is_a_script_as_well_is_no_script_any_more():
    # The width is "=1" as text, so that a script engine reads an assignment and a comment.
    gif = bytearray(picture("GIF"))
    hostile = bytes(gif[:-1]) + b"\x21\xfe\x10*/alert(1)/*xxxxx\x00\x3b"
    assert b"alert" not in pictures.prepare(hostile).content


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf  <SVG/>", "damaged"),
        (b"%PDF-1.7 <html>", "Save it as JPEG"),
        (b"<html><img src=x></html>", "Save it as JPEG"),
        (b"\0" * 1_000, "Save it as JPEG"),
        (b"BM" + b"\0" * 100, "Save it as JPEG"),
        (bomb_header(), "50 million"),
        (bomb_header(10_000, 5_001), "50 million"),
        (bomb_header(0, 10), "damaged"),
        (bomb_header(100, 100), "damaged"),
        (picture("JPEG")[:-200], "damaged"),
        (picture("PNG")[:-60], "damaged"),
        (picture("GIF")[:60], "damaged"),
        (picture("WEBP")[:-40], "damaged"),
        (picture("AVIF")[:-40], "damaged"),
        (picture("TIFF"), "Save it as JPEG"),
        (picture("EPS"), "Save it as JPEG"),
    ],
)
def test_prepare_refuses_and_says_why(data, reason):
    with pytest.raises(PictureRefused, match=reason) as refused:
        pictures.prepare(data)
    assert refused.value.field == "file"


def test_a_file_that_is_too_large_is_refused_before_it_is_read():
    with pytest.raises(PictureRefused, match=r"0\.0 MB; at most"):
        pictures.prepare(picture(), limit_bytes=10)


@pytest.mark.parametrize("kind", ["WEBP", "AVIF"])
def test_formats_whose_encoders_need_much_memory_have_fewer_pixels(kind):
    content = picture(kind, size=(4_001, 4_000), **({"speed": 10} if kind == "AVIF" else {"method": 0}))
    with pytest.raises(PictureRefused, match="more than 16 million pixels"):
        pictures.prepare(content)


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_an_endless_animation_is_refused(kind):
    with pytest.raises(PictureRefused, match="too long"):
        pictures.prepare(animation(kind, frames=1_001))


@pytest.mark.parametrize("kind", KINDS)
def test_no_cut_or_flipped_file_brings_the_server_down(kind):
    source = picture(kind) if kind != "GIF" else animation(kind)
    for position in range(0, len(source), max(1, len(source) // 60)):
        for data in (source[:position], source[:position] + b"\xff\x00\xaa\x55" + source[position + 4 :]):
            try:
                prepared = pictures.prepare(data)
            except PictureRefused:
                continue
            assert structure.is_bare(prepared.content, kind)


XMP = (
    "<x:xmpmeta xmlns:x='adobe:ns:meta/'><dc:rights><rdf:Alt><rdf:li xml:lang='x-default'>© Ada &amp; Co</rdf:li>"
    f"</rdf:Alt></dc:rights><dc:creator><rdf:Seq><rdf:li>Ada</rdf:li></rdf:Seq></dc:creator>{PLACE}</x:xmpmeta>"
)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_copyright_notice_is_kept_alone_and_stays_when_the_file_comes_again(kind, mode):
    exif = Image.Exif()
    exif[0x8298], exif[0x013B], exif[0x010E] = "© Ada & Co".encode(), b"Ada", PLACE
    exif.get_ifd(0x8825)[0x001D] = PLACE
    if kind == "JPEG":
        mode = "L" if mode == "RGBA" else mode
    sources = [picture(kind, mode=mode, exif=exif)]
    if kind != "PNG":
        # An agency's file: the notice stands in XMP alone.
        sources.append(picture(kind, mode=mode, xmp=XMP.encode()))
    if kind in {"PNG", "WEBP"}:
        sources.append(animation(kind, exif=exif))
    for source in sources:
        once = pictures.prepare(source)
        assert once.facts.credit == "© Ada & Co"
        assert PLACE.encode() not in once.content
        kept = opened(once.content).getexif()
        assert set(kept) == {0x8298, 0x013B}
        again = pictures.prepare(once.content)
        assert (again.content == once.content, again.facts.credit) == (True, "© Ada & Co")


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_an_animation_gets_smaller_ones_that_move_alike(kind, tmp_path):
    frames = [Image.effect_noise((90, 60), 90).resize((500, 330)).convert("RGB") for _ in range(4)]
    written = BytesIO()
    frames[0].save(
        written, kind, save_all=True, append_images=frames[1:], duration=[100, 200, 300, 400], loop=2
    )
    source = tmp_path / "source"
    source.write_bytes(pictures.prepare(written.getvalue()).content)
    made, placeholder = variants.make(source, TYPES[kind], tmp_path, (320, 640))
    # Browsers choose among WebP files alone, so the full width is one of them.
    assert [one.width for one in made] == ([320] if kind == "WEBP" else [500, 320])
    assert placeholder
    for one in made:
        assert (one.media_type, one.size < source.stat().st_size) == ("image/webp", True)
        with Image.open(tmp_path / one.file) as image:
            assert (image.n_frames, image.info["loop"]) == (4, 3 if kind == "GIF" else 2)
            durations = []
            for number in range(4):
                image.seek(number)
                image.load()
                durations.append(image.info["duration"])
            assert durations == [100, 200, 300, 400]


def test_an_animation_beyond_the_numbers_of_webp_gets_the_nearest_or_none(tmp_path):
    frames = [Image.effect_noise((90, 60), 90).resize((500, 330)).convert("RGB") for _ in range(2)]
    source = tmp_path / "source"

    def made_of(kind, duration, pictures):
        pictures[0].save(
            source, kind, save_all=True, append_images=pictures[1:], duration=duration, loop=65_535
        )
        return variants.make(source, TYPES[kind], tmp_path, (320,))

    for kind, duration, longest in (("GIF", 100, 100), ("PNG", 20_000_000, 2**24 - 1)):
        made, placeholder = made_of(kind, duration, frames)
        assert [one.width for one in made] == [500, 320]
        assert placeholder
        with Image.open(tmp_path / made[1].file) as image:
            assert image.info["loop"] == (0 if kind == "GIF" else 65_535)
            image.load()
            assert image.info["duration"] == longest
    # All frames together last longer than the encoder can count.
    small = [Image.new("RGB", (40, 30), (number, 20, 90)) for number in range(150)]
    made, placeholder = made_of("PNG", 20_000_000, small)
    assert (made, bool(placeholder)) == ([], True)
