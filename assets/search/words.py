"""How a name is spelled for finding: pinyin without tones, and its initials."""

from __future__ import annotations

from functools import lru_cache

from pypinyin import Style, lazy_pinyin
from pypinyin.contrib.tone_convert import to_normal

LONGEST_NAME = 200


@lru_cache(maxsize=200_000)
def spell(name: str) -> tuple[str, str]:
    """Pinyin and initials of ``name`` in lower case: 八渡镇 → (``baduzhen``, ``bdz``).

    Letters and digits inside the name stay as they are; everything else is dropped. Only the
    first 200 characters are spelled.
    """
    syllables = [to_normal(part) for part in lazy_pinyin(name[:LONGEST_NAME], style=Style.NORMAL)]
    kept = ["".join(c for c in syllable.lower() if c.isascii() and c.isalnum()) for syllable in syllables]
    return "".join(kept), "".join(syllable[0] for syllable in kept if syllable)
