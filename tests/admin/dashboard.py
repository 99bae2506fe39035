"""The dashboard as a browser asks for it."""

import csv
import io
from typing import Any

from django.test import Client


def read(client: Client, address: str = "") -> Any:
    return client.get(f"/admin/dashboard/data{address}").json()


def read_csv(client: Client, table: str, address: str = "") -> list[dict[str, str]]:
    answer = client.get(f"/admin/dashboard/{table}.csv{address}")
    assert answer.headers["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode())))
