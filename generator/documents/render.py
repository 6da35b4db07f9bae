"""The one door to jinja2: templates are ours, values are never templates, and what is undefined is an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.documents import words
from generator.errors import TemplateError
from generator.licenses.catalog import reason
from generator.translations import ENGLISH, format_number, get_language, gettext, ngettext, pgettext
from generator.translations import error_text as _

if TYPE_CHECKING:
    from jinja2 import BaseLoader, Environment
    from jinja2.nodes import EvalContext
    from jinja2.runtime import Context

    from generator.licenses.assess import ItemAssessment

PACKAGE = Path(__file__).resolve().parent.parent
SOURCES = (PACKAGE / "_templates", PACKAGE.parent / "templates")
"""Where the templates lie: inside a wheel, or beside the package in a checkout."""
COMPILED = PACKAGE / "_compiled"
"""Templates compiled when the wheel was built; a checkout has none."""

_OF_EVERY_BUILD = ("README.md.jinja", "LICENSE.jinja", "NOTICE.jinja")
"""Templates that look up so many attributes that Jinja's way, which also tries keys, takes 2 % of a build."""


def make_environment(loader: BaseLoader | None = None) -> Environment:
    """Return the environment that templates are compiled and rendered in.

    Args:
        loader: Where templates come from; the wheel's build hands in its own.
    """
    from jinja2 import Environment, FileSystemLoader, ModuleLoader, StrictUndefined, pass_eval_context
    from jinja2.compiler import CodeGenerator, Frame
    from jinja2.nodes import Call, Getattr, Name
    from jinja2.runtime import Context, Macro

    class PlainCode(CodeGenerator):
        """Compiles `_("...")` to a plain call, and `a.b` to plain Python in the templates of every build."""

        def visit_Call(self, node: Call, frame: Frame, forward_caller: bool = False) -> None:
            """Write a call."""
            if not isinstance(node.node, Name) or node.node.name not in ("_", "ngettext"):
                super().visit_Call(node, frame, forward_caller=forward_caller)
                return
            self.visit(node.node, frame)
            self.write("(context.eval_ctx")
            self.signature(node, frame)
            self.write(")")

        def visit_Getattr(self, node: Getattr, frame: Frame) -> None:
            """Write the access to an attribute; a template in `_OF_EVERY_BUILD` asks for a key as `a["b"]`."""
            if self.name not in _OF_EVERY_BUILD:
                super().visit_Getattr(node, frame)
                return
            self.visit(node.node, frame)
            self.write(f".{node.attr}")

    class CallingContext(Context):
        """Calls macros and functions at once: Jinja's own way looks up what each wants passed, which takes longer."""

        def call(self, called: Callable[..., Any], /, *args: Any, **values: Any) -> Any:  # noqa: ANN401 - of a template
            """Call a macro or a function of a template."""
            if values:
                values.pop("_loop_vars", None)
                values.pop("_block_vars", None)
            if called.__class__ is Macro or hasattr(called, "jinja_pass_arg"):
                return called(self.eval_ctx, *args, **values)
            return called(*args, **values)

    # In Markdown and plain text each value goes through a filter of `words`; in HTML and SVG all are escaped.
    environment = Environment(
        loader=loader or (ModuleLoader(COMPILED) if COMPILED.is_dir() else FileSystemLoader(SOURCES)),
        undefined=StrictUndefined,
        autoescape=lambda name: (name or "").endswith((".html.jinja", ".svg.jinja")),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.context_class = CallingContext
    environment.code_generator_class = PlainCode
    environment.filters |= {
        "md": words.inline,
        "code": words.code,
        "link": words.link,
        "plain": words.one_line,
        "section": words.section,
        "after_label": words.after_label,
        "amount": words.format_amount,
        "answer": _when_rendered(words.answer_words),
        "act": _when_rendered(words.act_title),
        "layer": _when_rendered(words.part_title),
        "part": _part,
        "part_name": _part_name,
        "patterns": words.patterns,
        "relation": _when_rendered(words.relation_words),
        "made_from": words.made_from,
        "flow": _when_rendered(words.flow_words),
        "availability": _when_rendered(words.availability_words),
        "anchor": words.anchor,
        "path": words.path_of,
        "all_of": words.all_of,
        "commas": words.with_commas,
        "license": words.license_words,
        "point": words.format_point,
        "points": words.list_points,
        "number": format_number,
        "block": words.block,
        "quoted": words.quote_markdown,
        "cited": words.format_clauses,
        "toml": words.toml,
        "python": words.python,
        "shell": words.shell,
        "xml": words.xml,
        "reason": _when_rendered(reason),
    }
    environment.globals |= {
        "_": pass_eval_context(_translate),
        "pgettext": pgettext,
        "ngettext": pass_eval_context(_translate_plural),
        "language": get_language,
    }
    return environment


def _when_rendered(filter_: Callable[..., str]) -> Callable[..., str]:
    """Return a filter that translates: Jinja calls it in each language, of a constant too, and not once for all."""
    from jinja2 import pass_context

    @pass_context
    def call(_context: Context, /, *values: Any, **options: Any) -> str:  # noqa: ANN401 - of a template
        return filter_(*values, **options)

    return call


def _translate(context: EvalContext, message: str, **values: object) -> str:
    """A text in the language of the document, filled; in HTML, values are escaped."""
    text = gettext(message)
    if context.autoescape:
        return _fill(context, text, values)
    return text.format(**values) if values else text


def _translate_plural(context: EvalContext, singular: str, plural: str, number: int, **values: object) -> str:
    """The form of a text that fits a number, filled; `number` is filled with the number itself."""
    return _fill(context, ngettext(singular, plural, number), {"number": format_number(number), **values})


def _fill(context: EvalContext, text: str, values: Mapping[str, object]) -> str:
    if not context.autoescape:
        return text.format(**values) if values else text
    from markupsafe import Markup

    return Markup(text).format(**values)


def _part(item: ItemAssessment) -> str:
    return words.part_title(item.layer, item.item.form)


def _part_name(item: ItemAssessment) -> str:
    """The title of an item and its own name, if that says more."""
    title, name = _part(item), item.own_name
    if item.layer == "documents":
        return name[:1].upper() + name[1:]
    if not name or name.lower() in (title.lower(), item.item.form):
        return title
    return gettext("{part}: {name}").format(part=title, name=name)


def render(template: str, view: object) -> str:
    """Fill a template.

    Args:
        template: Its name in `templates/`.
        view: What it uses, as `view`.

    Raises:
        TemplateError: The template uses something that the view does not have.
    """
    from jinja2 import TemplateError as JinjaError
    from jinja2.runtime import new_context

    try:
        environment = _environment()
        found = environment.get_template(template)
        # As `found.render` does, but for a chain of mappings that it walks through each time.
        names = {**environment.globals, "view": view}
        context = new_context(environment, found.name, found.blocks, names, shared=True, globals=None)
        text = environment.concat(found.root_render_func(context))
    except (JinjaError, AttributeError) as error:
        raise TemplateError(
            f"templates/{template}: {error}",
            _("Report this: a template and its view are out of step."),
        ) from error
    if template.endswith(".html.jinja") and get_language() != ENGLISH:
        from generator.translations.catalog import mark_english

        return mark_english(text, get_language())
    return text


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return make_environment()
