"""Texts from elsewhere."""

from masthead.features import Feature
from masthead.importing import models

feature = Feature(
    name="importing",
    commands={"import": "masthead.importing.cli:group"},
    modules=(models,),
)
