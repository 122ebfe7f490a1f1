"""Form fields for a moment, entered in a person's time zone."""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from wtforms import SelectField, StringField
from wtforms.fields import choices
from wtforms.validators import ValidationError

from masthead import time_zones
from masthead.people import time_zone

#: WTForms requires its own class here; the published types lack it.
choice: Any = vars(choices)["SelectChoice"]
FIRST, SECOND = "first", "second"


class MomentField(StringField):
    """A date and time as browsers send it (HTML, "local date and time"), in the writer's zone unless it carries an offset.

    When clocks are put back, an hour comes twice. Then the field ``<name>_which`` of the same form says which is meant.
    """

    def __init__(self, label: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(label, *args, **kwargs)
        self.zone: tzinfo = time_zone.current()
        self.label.text = f"{label} ({time_zone.current_name()})"
        self.moment: datetime | None = None

    def process_data(self, value: object) -> None:
        """Show a moment in the format that browsers expect."""
        self.data = (
            _shown(value, self.zone).isoformat(timespec="minutes") if isinstance(value, datetime) else None
        )

    @property
    def comes_twice(self) -> bool:
        """True if the entered local time occurs twice."""
        entered = self._entered()
        return entered is not None and entered.tzinfo is None and len(self._moments(entered)) > 1

    def kept(self, stored: datetime | None) -> datetime | None:
        """Return the entered moment; the stored one if the field is unchanged, because the field has no seconds."""
        if self.moment is None or stored is None:
            return self.moment
        is_as_shown = timedelta() <= stored - self.moment < timedelta(minutes=1)
        return stored if is_as_shown else self.moment

    def pre_validate(self, form: Any) -> None:
        """Parse the moment."""
        if not self.data:
            return
        entered = self._entered()
        if entered is None:
            raise ValidationError("Enter the date and time like 2026-11-21T14:05.")
        if entered.tzinfo is not None:
            self.moment = entered.astimezone(UTC)
            return
        which = getattr(form, f"{self.short_name}_which", None)
        self.moment = self._one_of(self._moments(entered), entered, which.data if which is not None else None)

    def _one_of(self, moments: list[datetime], entered: datetime, which: str | None) -> datetime:
        day, clock = f"{entered.day} {entered:%B %Y}", f"{entered:%H:%M}"
        if not moments:
            raise ValidationError(
                f"Clocks go forward on {day}, and never show {clock}. Choose an earlier or a later time."
            )
        if len(moments) == 1:
            return moments[0]
        if which not in {FIRST, SECOND}:
            raise ValidationError(
                f"Clocks go back on {day}, and show {clock} twice. Choose which one you mean, the first or the second."
            )
        return moments[0] if which == FIRST else moments[1]

    def _entered(self) -> datetime | None:
        """Return the entered local time; None if it is not a valid moment in every zone."""
        try:
            entered = datetime.fromisoformat(self.data or "")
            if entered.tzinfo is None:
                self._moments(entered)
            else:
                entered.astimezone(UTC)
        except (ValueError, OverflowError):
            return None
        return entered

    def _moments(self, entered: datetime) -> list[datetime]:
        return time_zones.moments(entered, self.zone)


class WhichMomentField(SelectField):
    """The choice between the two moments with the same local time."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        offered = [
            choice("", "Choose one"),
            choice(FIRST, "The first, before the clocks go back"),
            choice(SECOND, "The second, after they went back"),
        ]
        super().__init__(label, choices=offered, validate_choice=False, **kwargs)

    def process_data(self, value: object) -> None:
        """Select one of the two moments."""
        self.data = ""
        if isinstance(value, datetime):
            self.data = SECOND if _shown(value, time_zone.current()).fold else FIRST


def _shown(moment: datetime, zone: tzinfo) -> datetime:
    shown = time_zones.local(moment, zone)
    return shown.replace(second=0, microsecond=0, tzinfo=None)
