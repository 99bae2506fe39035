"""A response that is a stream, piece by piece."""

from collections.abc import Callable, Iterable, Iterator

from config.messages import Message, last

STREAM_BYTES = 64 * 1024  # of one piece, where the length of a stream is known beforehand


class Pieces:
    """As they are made, or larger ones where the length is known beforehand: then nobody waits for them."""

    def __init__(self, result: Iterable[bytes], is_patient: Callable[[], bool]) -> None:
        self.result, self.is_patient = result, is_patient
        self.chunks: Iterator[bytes] | None = None
        self.has_more, self.is_closed = True, False

    def make(self) -> Message:
        self.chunks = self.chunks or iter(self.result)
        piece = bytearray()
        for chunk in self.chunks:
            piece += chunk
            if piece and (len(piece) >= STREAM_BYTES or not self.is_patient()):
                return {"type": "http.response.body", "body": bytes(piece), "more_body": True}
        self.has_more = False
        return last(bytes(piece))

    def close(self) -> None:
        if not self.is_closed and (close := getattr(self.result, "close", None)):
            close()
        self.is_closed = True
