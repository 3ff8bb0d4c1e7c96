"""Personal values as a problem may tell them."""

from __future__ import annotations

from assets.imports.fields import Field
from assets.masks import mask_identity, mask_name, mask_phone


def told(text: str, field: Field) -> str:
    """``text``, masked where it is somebody's."""
    if not field.personal or not text:
        return text
    if field.type == "phone":
        return mask_phone(text)
    return mask_identity(text) if field.type == "id_number" else mask_name(text)
