"""What waits for a newcomer in the demo's queue email-support."""

from interactions import lifecycle
from interactions.lifecycle import Submission
from interactions.models import MediaType, Queue
from interactions.signals import Actor

MAILS = [
    ("mara@example.org", "Where is my parcel?", "I ordered on Monday, and the tracking page says nothing."),
    ("joe@example.org", "Wrong size", "The shoes are a 42, I ordered a 43. Can you send the right ones?"),
    ("ines@example.org", "Invoice for my accountant", "Please send the invoice for order 4711 as a PDF."),
    (
        "tomas@example.org",
        "Re: Broken lamp",
        "Thank you! The new bulb works. One more question: is it dimmable?",
    ),
    ("aiko@example.org", "Change of address", "I have moved. My new address is 7 Harbour Road."),
    ("bela@example.org", "Charged twice", "My bank shows the amount of 39.90 twice for the same day."),
    ("nora@example.org", "Gift wrapping?", "Do you wrap presents? It is for a birthday on Saturday."),
    (
        "sam@example.org",
        "Cancel my order",
        "I clicked too fast. Please cancel order 4719 if it is still possible.",
    ),
]


def submit_mail() -> None:
    """Once for a data directory: a known external id is not submitted again."""
    queue, email = Queue.objects.get(name="email-support"), MediaType.objects.get(name="email")
    lifecycle.submit(
        Actor("service", "mail-gateway"),
        [
            Submission(
                location=queue,
                media_type=email,
                external_id=f"<demo-{number}@example.org>",
                interaction_type="Inbound",
                user_data={"from": sender, "subject": subject, "text": text},
            )
            for number, (sender, subject, text) in enumerate(MAILS, 1)
        ],
    )
