"""What a task is called: in its writer's own words, or in those of its template to each reader."""

from collections.abc import Mapping

from services.shared.words.catalogue import say, spoken


def title_in(
    language: str, title: str | None, template: str | None, values: Mapping[str, str] | None
) -> str:
    """`task.<template>`, with what it names filled in, unless somebody wrote a title."""
    if title is not None:
        return title
    return say(f"task.{template}", spoken(language), **(values or {}))
