"""The deadlines of the IOMKI report by the circulars' own dates: no regime, no weekday table, no superseding. Knows nothing of the calendar."""

from datetime import UTC, date, datetime, timedelta

HOUR, DAY = 3_600_000, 86_400_000
GRACE = 8 * HOUR
JAKARTA = timedelta(hours=7)


def instant(day: date, hours: int = 0) -> int:
    """An hour of a day in Jakarta, in UTC milliseconds."""
    return int((datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hours) - JAKARTA).timestamp() * 1000)


def due_days() -> list[date]:
    """Every day on which an IOMKI report was due."""
    due, day = [], date(2020, 4, 1)
    while day < date(2024, 1, 1):
        weekday = day.strftime("%a")
        weekly_2020 = date(2020, 5, 3) <= day <= date(2021, 7, 18) and weekday == "Sun"
        twice_a_week = date(2021, 7, 27) <= day <= date(2021, 9, 7) and weekday in ("Tue", "Fri")
        weekly_2021 = date(2021, 9, 10) <= day <= date(2022, 12, 30) and weekday == "Fri"
        if weekly_2020 or twice_a_week or weekly_2021:
            due.append(day)
        day += timedelta(days=1)
    return due


TAKES_EFFECT = {date(2020, 5, 3): date(2020, 4, 28), date(2021, 7, 27): date(2021, 7, 27), date(2021, 9, 10): date(2021, 9, 10)}
"""The first due day of a circular that changed the days, and the day on which it took effect."""

_DUE_DAYS = due_days()


def due_at(day: date) -> int:
    """24:00 in Jakarta."""
    return instant(day, 24)


def opens_at(day: date) -> int:
    """A period opens when the one before has ended; the first of a circular when that took effect."""
    if day in TAKES_EFFECT:
        return instant(TAKES_EFFECT[day])
    return instant(_DUE_DAYS[_DUE_DAYS.index(day) - 1], 24)
