"""What an answer says, also where it is a PDF."""

from functools import lru_cache
from io import BytesIO
from typing import Any

from pypdf import PdfReader


def text_of(answer: Any) -> str:
    """Of an answer of the test client: its body as text, every page of it."""
    body = answer.get_data()
    if not body.startswith(b"%PDF-") or answer.mimetype != "application/pdf":
        return str(body.decode())
    return _printed(body)


@lru_cache(maxsize=64)
def _printed(body: bytes) -> str:
    """The same sheet is asked for by many, and reading it takes longer than printing it."""
    reader = PdfReader(BytesIO(body))
    return "\n".join(page.extract_text() for page in reader.pages).replace("\u200b", "")
