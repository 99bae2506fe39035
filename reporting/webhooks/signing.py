"""How a receiver knows that it is us, that nothing was changed, and that it is not heard a second time."""

import hashlib
import hmac

from interactions.credentials import new_token


def new_secret() -> str:
    return f"whsec_{new_token()}"


def sign(secret: str, timestamp: int, body: bytes) -> str:
    signed = f"{timestamp}.".encode() + body
    return "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def headers(kind: str, delivery: int, timestamp: int, secret: str, body: bytes) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": "Workbin",
        "Workbin-Event": kind,
        "Workbin-Delivery": str(delivery),
        "Workbin-Timestamp": str(timestamp),
        "Workbin-Signature": sign(secret, timestamp, body),
    }
