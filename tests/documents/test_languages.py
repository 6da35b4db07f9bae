"""Templates that were compiled in one language are rendered in another one."""

from __future__ import annotations

from generator.documents import render
from generator.translations import use_interface_language
from generator.web.studio.app import Layout
from generator.web.studio.hosted import HostedPage


def test_no_text_is_kept_from_the_language_that_a_template_was_compiled_in() -> None:
    layout = Layout("Start", "release", "", False, "", True, dict.fromkeys(("studio.css", "studio.js"), ""))
    environment = render.make_environment()
    template = environment.get_template("studio/start.html.jinja")
    assert "This is a reading of license texts" in template.render(view=HostedPage(layout, 30))
    with use_interface_language("pl"):
        assert "This is" not in template.render(view=HostedPage(layout, 30))


def test_every_filter_that_translates_waits_for_the_language() -> None:
    environment = render.make_environment()
    for text in ('{{ "weights" | layer }}', '{{ "trained_on" | relation }}', '{{ "reading" | reason }}'):
        template = environment.from_string(text)
        english = template.render()
        with use_interface_language("pl"):
            assert template.render() != english
