from django.test import Client


def test_a_body_that_was_thrown_away_is_a_413() -> None:
    client = Client()
    client.defaults["workbin.body_too_large"] = "yes"  # as the bridge says it, but for the type
    answer = client.post("/admin/login/")
    assert answer.status_code == 413
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json() == {"type": "about:blank", "title": "Content Too Large", "status": 413}
