"""The publication as a folder of texts."""

from masthead.features import Feature

feature = Feature(
    name="exporting",
    commands={"export": "masthead.exporting.cli:group"},
)
