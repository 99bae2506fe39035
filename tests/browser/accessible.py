"""What axe finds on a page of the admin, and what of it is not ours to mend."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe

SELECT2 = "Django's fields for many choices are Select2's, which names none of the parts it makes"
# By axe's rule and a part of the markup that it is found in.
NOT_OURS = {
    ("aria-input-field-name", "select2-"): SELECT2,
    ("label", "select2-search__field"): SELECT2,
    ("list", "select2-selection__rendered"): SELECT2,
    (
        "landmark-unique",
        "simplebar-content-wrapper",
    ): "Unfold's sidebar and its tables scroll by SimpleBar, which calls all of them regions of one name",
}

# Colours fade into each other, and what opens comes into sight; what turns for ever is not waited for.
STANDS_STILL = """
    document.getAnimations().every((one) =>
        one.playState !== "running" || one.effect.getComputedTiming().endTime === Infinity)
"""


def is_ours(rule: str, markup: str) -> bool:
    return not any(rule == known and part in markup for known, part in NOT_OURS)


def violations(page: Any) -> list[str]:
    page.wait_for_function(STANDS_STILL)
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {' '.join(node['html'].split())[:160]}"
        for one in found
        for node in one["nodes"]
        if is_ours(one["id"], node["html"])
    ]
