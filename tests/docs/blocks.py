"""The blocks of code on a page: what is run, what should come out of it, and what is not run, and why."""

import re
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

BLOCK = re.compile(
    r"(?:^<!-- not run: (?P<reason>[^>]+) -->\n\n?)?"
    r"^```(?P<language>\w*)(?P<info>[^\n]*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
SHELL = ("sh", "bash", "console", "shell")
ANSWER = ' title="Answer"'


@dataclass
class Block:
    page: Path
    line: int
    language: str
    text: str
    reason: str | None  # why it is not run
    is_answer: bool  # to the block before it

    @property
    def is_commands(self) -> bool:
        return self.language in SHELL

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


def blocks(page: Path) -> list[Block]:
    source = page.read_text()
    return [
        Block(
            page,
            source.count("\n", 0, found.end("info")) + 1,
            found["language"],
            found["text"],
            found["reason"],
            found["info"] == ANSWER,
        )
        for found in BLOCK.finditer(source)
    ]


@dataclass
class Step:
    """Commands, and the answer that the page shows."""

    commands: Block
    answer: Block | None


def steps(page: Path) -> list[Step]:
    """What of a page is run, in order."""
    all_blocks = blocks(page)
    return [
        Step(block, then if then and then.is_answer else None)
        for block, then in zip_longest(all_blocks, all_blocks[1:])
        if block.is_commands and not block.reason
    ]
