"""A day and time in the words of the eight languages the packaged templates are written in."""

from collections.abc import Mapping
from datetime import datetime

_WEEKDAYS: Mapping[str, str] = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "pl": "poniedziałek wtorek środa czwartek piątek sobota niedziela",
    "pt": "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
    "it": "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "uk": "понеділок вівторок середа четвер п’ятниця субота неділя",
}
_MONTHS: Mapping[str, str] = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "uk": "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
}
_FORMS: Mapping[str, str] = {
    "en": "{weekday}, {day} {month}, {time}",
    "de": "{weekday}, {day}. {month}, {time} Uhr",
    "es": "{weekday}, {day} de {month}, {time}",
    "fr": "{weekday} {day} {month} à {time}",
    "pl": "{weekday}, {day} {month}, {time}",
    "pt": "{weekday}, {day} de {month}, {time}",
    "it": "{weekday} {day} {month}, {time}",
    "uk": "{weekday}, {day} {month}, {time}",
}
LANGUAGES = tuple(_FORMS)


def say_moment(moment: datetime, language: str) -> str:
    """Weekday, day, month, time and zone of an aware moment, in its own zone; languages not known here get English."""
    spoken = language if language in _FORMS else "en"
    said = _FORMS[spoken].format(
        weekday=_WEEKDAYS[spoken].split()[moment.weekday()],
        day=moment.day,
        month=_MONTHS[spoken].split()[moment.month - 1],
        time=moment.strftime("%H:%M"),
    )
    return f"{said} ({moment.tzname()})"
