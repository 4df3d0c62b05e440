"""What no bundle holds, whatever it comes in: pickles, names that are paths, more than models need."""

import pickletools
import re

from gradewise.errors import UnsafeBundleError

MOST_FILES = 1_000
"""Files of a bundle: one of twenty traits with five engines each has fewer than three hundred."""
LARGEST_FILE = 512 * 2**20
"""Bytes of a file: thirty times the largest that was ever trained here; it is read into memory."""
LARGEST_BUNDLE = 2**30
"""Bytes of all files together, which are in memory at once."""

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}")
_PICKLE_ENDINGS = (".pkl", ".pickle", ".joblib", ".dill", ".cloudpickle", ".pt", ".pth")
_PROTO, _PROTOCOLS = 0x80, range(2, 6)
_OPCODES = frozenset(ord(opcode.code) for opcode in pickletools.opcodes)


class Allowance:
    """What of the limits is still left while files are read, one after the other."""

    def __init__(self) -> None:
        """Begin with all of it."""
        self._files = MOST_FILES
        self._bytes = LARGEST_BUNDLE

    def take(self, name: str, size: int) -> None:
        """Count a file, before it is read.

        Args:
            name: for the message.
            size: in bytes.

        Raises:
            UnsafeBundleError: it is too large, or one too many, or too much with those before.
        """
        self._files -= 1
        self._bytes -= size
        if self._files < 0:
            raise UnsafeBundleError(
                f"{name[:80]!r} is one file too many; a bundle has at most {MOST_FILES:,}"
            )
        if size > LARGEST_FILE:
            raise UnsafeBundleError(
                f"{name} is {size:,} bytes large; a file of a bundle has at most {LARGEST_FILE:,}"
            )
        if self._bytes < 0:
            raise UnsafeBundleError(
                f"with {name} the files are larger than {LARGEST_BUNDLE:,} bytes; no bundle is"
            )


def is_plain_name(name: str) -> bool:
    """Whether a file of a bundle, a model or a version may be called so: no path, not hidden, ASCII."""
    return _NAME.fullmatch(name) is not None


def refuse_pickle(name: str, content: bytes) -> None:
    """Refuse a file that is a pickle by its name or by how it begins.

    No pickle would be read anyway; it is refused so that nobody takes it for a part of the model. The first
    bytes alone do not tell: a safetensors file whose header is 640 bytes long begins with ``80 02`` too, and
    goes on with a zero, which begins no step of a pickle.

    Args:
        name: of the file.
        content: of the file, or how it begins.

    Raises:
        UnsafeBundleError: it is one.
    """
    head = content[:3]
    begins_so = len(head) > 2 and head[0] == _PROTO and head[1] in _PROTOCOLS and head[2] in _OPCODES  # noqa: PLR2004
    if begins_so or name.lower().endswith(_PICKLE_ENDINGS):
        raise UnsafeBundleError(
            f"{name} is a pickle, which could run any code; pickles are never read, export the model to ONNX"
        )
