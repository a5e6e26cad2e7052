"""Where in the input something was written."""

from msgspec import Struct


class Location(Struct, frozen=True, order=True):
    """A place in a file.

    ``line`` counts from 1; 0 stands for the file as a whole.  ``field`` is the path of the
    field below its document, such as ``spec.ingress[0].ports[1].port``; it may be empty.
    """

    file: str
    line: int
    field: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file

    @property
    def described(self) -> str:
        """``file:line (field)``, for people."""
        return f"{self} ({self.field})" if self.field else str(self)
