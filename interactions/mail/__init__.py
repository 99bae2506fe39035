"""E-mail from mbox files and maildirs: bytes in, records out. Knows nothing of Django or the database.

boxes    finds the mails of a mailbox and reads one
headers  the header block, however broken, and encoded words
ids      Message-IDs
dates    when a mail came
text     charsets, HTML, characters that a database refuses
parts    the text and the attachments of a MIME structure
record   one mail's bytes -> Mail
threads  answers after what they answer
"""

from .boxes import Box, NotAMailbox, open_box
from .mended import Mended
from .record import Mail, read_head, read_mail
from .threads import Threads

__all__ = ["Box", "Mail", "Mended", "NotAMailbox", "Threads", "open_box", "read_head", "read_mail"]
