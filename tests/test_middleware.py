from django.test import Client

TOO_LARGE = {"workbin.body_too_large": True}


def test_a_body_that_was_thrown_away_is_a_413() -> None:
    answer = Client().post("/admin/login/", **TOO_LARGE)
    assert answer.status_code == 413
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json() == {"type": "about:blank", "title": "Content Too Large", "status": 413}
