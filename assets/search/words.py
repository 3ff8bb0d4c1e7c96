"""How a name is spelled for finding: pinyin without tones, and its initials."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache

from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PHRASES_DICT
from pypinyin.contrib.tone_convert import to_normal

LONGEST_NAME = 200


@lru_cache(maxsize=200_000)
def spell(name: str) -> tuple[str, str]:
    """Pinyin and initials of ``name`` in lower case: 八渡镇 → (``baduzhen``, ``bdz``).

    Letters and digits inside the name stay as they are; everything else is dropped. Only the
    first 200 characters are spelled.
    """
    return _joined(lazy_pinyin(name[:LONGEST_NAME], style=Style.NORMAL, errors=list))  # type: ignore[arg-type]


def spell_many(names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """What :func:`spell` says of every one of ``names``, hundreds of thousands in seconds.

    Only a name with a phrase whose reading differs from that of its characters (重庆) needs to
    be cut into phrases; every other is read character by character.
    """
    phrases = _phrases_read_differently()
    letters, firsts = _Readings(0), _Readings(1)
    spelled = {}
    for name in set(names):
        pairs = map(str.__add__, name, name[1:])
        if any(phrase in name for pair in pairs if pair in phrases for phrase in phrases[pair]):
            spelled[name] = spell(name)
        else:
            short = name[:LONGEST_NAME]
            spelled[name] = (short.translate(letters), short.translate(firsts))
    return spelled


def _joined(syllables: Iterable[str]) -> tuple[str, str]:
    # to_normal takes digits for tones, so only syllables that carry marks go through it.
    plain = [part if part.isascii() else to_normal(part) for part in syllables]
    kept = ["".join(c for c in syllable.lower() if c.isascii() and c.isalnum()) for syllable in plain]
    return "".join(kept), "".join(syllable[0] for syllable in kept if syllable)


class _Readings(dict[int, str]):
    """A table for ``str.translate`` that asks for each character once."""

    def __init__(self, place: int) -> None:
        self._place = place

    def __missing__(self, codepoint: int) -> str:
        self[codepoint] = reading = spell(chr(codepoint))[self._place]
        return reading


@cache
def _phrases_read_differently() -> dict[str, list[str]]:
    """By their first two characters, the phrases that are not read character by character."""
    alone = _Readings(0)
    found: dict[str, list[str]] = {}
    for phrase, readings in PHRASES_DICT.items():
        together = _joined(reading[0] for reading in readings)[0]
        if len(phrase) > 1 and together != phrase.translate(alone):
            found.setdefault(phrase[:2], []).append(phrase)
    return found
