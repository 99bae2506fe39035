"""What had to be mended in a mail: shown to the agent with it and counted in the summary."""

from enum import StrEnum


class Mended(StrEnum):
    ID_MISSING = "Message-ID missing, made from the content"
    ID_LONG = "Message-ID too long, replaced by its hash"
    ID_SHARED = "Message-ID of a different mail, told apart by the content"
    DATE_MISSING = "Date missing"
    DATE_ABSURD = "Date unreadable or absurd"
    HEADER = "broken header"
    CHARSET = "charset missing, unknown or wrong"
    NUL = "NUL bytes removed"
    CHARACTER = "broken characters replaced"
    STRUCTURE = "broken MIME structure"
    CUT = "too large, cut"
    UNREADABLE = "unreadable, kept as plain text"
