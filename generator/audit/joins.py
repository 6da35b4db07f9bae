"""The joins of an audit, as Narwhals expressions: the same on DuckDB, Polars, Spark and what else Narwhals reaches."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from typing import Any

from generator.audit.ancestry import BITS
from generator.audit.licenses import UNKNOWN
from generator.audit.report import KINDS
from generator.audit.tables import Frame
from generator.release.vocabulary import RELATIONS

_SIZE = 1 << BITS


def bases(edges: Frame, models: Frame, datasets: Frame) -> Frame:
    """Return what models are made from, with what the dump has of it: `ref`, `data`, `model`, `statement`.

    Args:
        edges: `model`, `base`, `relation`, `data`.
        models: `model`, `id`, `statement`.
        datasets: `id`, `statement`.
    """
    return described(pairs(edges, "base", "data").rename({"base": "ref"}), models, datasets)


def described(refs: Frame, models: Frame, datasets: Frame) -> Frame:
    """Return repos with what the dump has of them; what it lacks has no `model` and no `statement`.

    Args:
        refs: `ref`, `data`, each once.
        models: `model`, `id`, `statement`.
        datasets: `id`, `statement`.
    """
    import narwhals as nw

    parts = [
        in_models(refs.filter(nw.col("data") == 0), models),
        in_datasets(refs.filter(nw.col("data") == 1), datasets),
    ]
    none = nw.lit(None).cast(models.collect_schema()["model"]).alias("model")
    return nw.concat([parts[0], parts[1].select("ref", "data", none, "statement")])


def in_models(refs: Frame, models: Frame) -> Frame:
    """Return repos of models with what the dump has of them: `ref`, `data`, `model`, `statement`.

    Args:
        refs: `ref`, `data`, each once.
        models: `model`, `id`, `statement`.
    """
    import narwhals as nw

    joined = refs.join(models.select("id", "model", "statement"), left_on="ref", right_on="id", how="left")
    return joined.group_by("ref", "data").agg(nw.col("model").min(), nw.col("statement").max())


def in_datasets(refs: Frame, datasets: Frame) -> Frame:
    """Return data sets with what the dump has of them: `ref`, `data`, `statement`.

    Args:
        refs: `ref`, `data`, each once.
        datasets: `id`, `statement`.
    """
    import narwhals as nw

    joined = refs.join(datasets.select("id", "statement"), left_on="ref", right_on="id", how="left")
    return joined.group_by("ref", "data").agg(nw.col("statement").max())


def of_owner(models: Frame, owner: str) -> Frame:
    """Return the models of one publisher.

    Args:
        models: `model`, `id`, and more.
        owner: What stands before `/` in their ids.
    """
    import narwhals as nw

    return models.filter(nw.col("id").str.starts_with(f"{owner}/"))


def of_owners(nodes: Frame, owners: Set[str] | None) -> Frame:
    """Return the repos of some owners, and those that are named by an address.

    Args:
        nodes: `ref`, and more.
        owners: What stands before `/`, in lower case; None for any.
    """
    import narwhals as nw

    if owners is None:
        return nodes
    listed = "|".join(map(re.escape, sorted(owners)))
    owned = nw.col("ref").str.contains(f"(?i)^\\s*({listed})(/|\\s*$)")
    return nodes.filter(owned | nw.col("ref").str.contains("://", literal=True))


def numbered(nodes: Frame) -> Frame:
    """Return bases with a number `b`, in the order of their names."""
    import narwhals as nw

    return nodes.with_row_index("b", order_by=["ref", "data"]).with_columns(nw.col("b").cast(nw.Int64))


def numbered_edges(edges: Frame, names: Frame) -> Frame:
    """Return edges with the number of the base: `model`, `b`, `relation`, and `own` (1 where it is the model itself).

    Args:
        edges: `model`, `base`, `relation`, `data`.
        names: `ref`, `data`, `b`, `itself`: the model that a base is.
    """
    import narwhals as nw

    joined = edges.join(names, left_on=["base", "data"], right_on=["ref", "data"])
    own = nw.when(nw.col("itself") == nw.col("model")).then(nw.lit(1)).otherwise(nw.lit(0))
    return joined.select("model", "b", "relation", own.alias("own"))


def inner_edges(edges: Frame, numbers: Frame) -> Frame:
    """Return the edges of those models that are bases themselves: `child`, `b`, `relation`."""
    import narwhals as nw

    children = numbers.filter(~nw.col("model").is_null()).select("model", nw.col("b").alias("child"))
    return edges.join(children, on="model").select("child", "b", "relation")


def licensed(numbers: Frame, licenses: Frame) -> Frame:
    """Return the license that the card of each base states, UNKNOWN where none is known: `b`, `inherited`.

    Args:
        numbers: `b`, `statement`.
        licenses: `statement`, `license`.
    """
    import narwhals as nw

    stated = numbers.select("b", "statement").join(licenses, on="statement", how="left")
    return stated.select("b", nw.col("license").fill_null(UNKNOWN).alias("inherited"))


def classes(licensed: Frame, others: Frame) -> Frame:
    """Return the class and the license of each base: `b`, `class`, `inherited`.

    The class of a base that inherits nothing is its license.

    Args:
        licensed: What `licensed` returned.
        others: `b`, `other` (the class), `known` (the license): bases that inherit something, or whose card is silent.
    """
    import narwhals as nw

    joined = licensed.join(others, on="b", how="left")
    license_ = nw.col("inherited")
    return joined.select(
        "b",
        nw.coalesce(nw.col("other"), license_).alias("class"),
        nw.coalesce(nw.col("known"), license_).alias("inherited"),
    )


def steps(edges: Frame, classes: Frame) -> Frame:
    """Return edges with the class of the base and the relation as one number: `model`, `b`, `step`.

    What is passed on depends on nothing else.
    """
    import narwhals as nw

    step = nw.col("class") * len(RELATIONS) + nw.col("relation")
    return edges.join(classes.select("b", "class"), on="b").select("model", "b", step.alias("step"))


def pairs(frame: Frame, *columns: str) -> Frame:
    """Return the distinct values of some columns."""
    import narwhals as nw

    return frame.group_by(*columns).agg(nw.len().alias("rows")).select(*columns)


def bounds(steps: Frame) -> Frame:
    """Return the least and the greatest step to each model: `model`, `step`, `last`, `edges`, and `b` of one."""
    import narwhals as nw

    step = nw.col("step")
    held = (step.min(), step.max().alias("last"), nw.len().alias("edges"), nw.col("b").min())
    return steps.group_by("model").agg(*held)


def one_step(bounds: Frame, sets: Frame, plain: int) -> Frame:
    """Return models to which there is one kind of step, with the terms that are passed on: `model`, `terms`, `b`.

    Args:
        bounds: What `bounds` returned.
        sets: `step`, `terms`.
        plain: Steps below are from bases that inherit nothing.
    """
    import narwhals as nw

    one = bounds.filter(nw.col("step") == nw.col("last")).join(sets, on="step")
    alone = (nw.col("edges") == 1) & (nw.col("step") < plain)
    return one.select("model", "terms", nw.when(alone).then(nw.col("b")).otherwise(nw.lit(SEVERAL)).alias("b"))


def more_steps(bounds: Frame, steps: Frame) -> tuple[Frame, Frame]:
    """Return models with two steps of different kinds (`model`, `step`, `last`), and the steps of those with more.

    Args:
        bounds: What `bounds` returned.
        steps: `model`, `step`.
    """
    import narwhals as nw

    different = bounds.filter(nw.col("step") != nw.col("last"))
    more = different.filter(nw.col("edges") > 2).select("model")
    return different.filter(nw.col("edges") == 2).select("model", "step", "last"), steps.join(more, on="model")


def united(models: Frame, unions: Frame, *columns: str) -> Frame:
    """Return models with what they inherit by several steps: `model`, `terms`, `b`.

    Args:
        models: `model`, and the columns.
        unions: The columns, and `terms`.
        columns: What states the steps.
    """
    import narwhals as nw

    several = nw.lit(SEVERAL).cast(nw.Int64).alias("b")
    return models.join(unions, on=list(columns)).select("model", "terms", several)


def statements(models: Frame) -> Frame:
    """Return each statement about a license with the models that have it, and their downloads."""
    import narwhals as nw

    return models.group_by("statement").agg(nw.len().alias("models"), nw.col("downloads").sum())


def children(inherited: Frame, models: Frame, licenses: Frame) -> Frame:
    """Return derived models with what they inherit and their license.

    The columns are `model`, `id`, `terms`, `license`, `downloads`, and `b`: the only base, where it inherits nothing
    itself.
    """
    owned = inherited.join(models.select("model", "id", "statement", "downloads"), on="model")
    return owned.join(licenses, on="statement").select("model", "id", "terms", "license", "downloads", "b")


def combinations(derived: Frame) -> Frame:
    """Return each combination of inherited terms and license, with the models that have it, and their downloads."""
    import narwhals as nw

    return derived.group_by("terms", "license").agg(nw.len().alias("models"), nw.col("downloads").sum())


def unpacked_keys(pushed: Frame, width: int) -> Frame:
    """Return where inherited terms of bases come from, as seen by what is made from them.

    Args:
        pushed: `key` and `packed`, as `Ancestry.origins` returns them.
        width: Terms at most; a key is the number of a base, times this, and that of a term.
    """
    import narwhals as nw

    kinds = len(RELATIONS)
    b, term, packed = nw.col("key") // width, nw.col("key") % width, nw.col("packed")
    steps = (packed // (_SIZE * _SIZE) + 1) * (_SIZE * _SIZE)
    return pushed.select(
        b.alias("b"),
        (term // kinds).alias("inherited"),
        (term % kinds).alias("inner"),
        (steps + b * _SIZE + packed % _SIZE).alias("packed"),
    )


def origins(classes: Frame, inherited: Frame, holders: Frame, wanted: Frame) -> Frame:
    """Return where the terms of bases come from: `b`, `inherited`, `inner`, `packed`.

    Args:
        classes: `b`, `class`, `inherited` (the license of the base).
        inherited: What `unpacked_keys` returned.
        holders: `b`, `inherited`, `root`, `depth`: bases that inherit their own license.
        wanted: `inherited`: the licenses that findings are about.
    """
    import narwhals as nw

    b, one_step = nw.col("b"), _SIZE * _SIZE
    own = classes.select("b", "inherited").join(wanted, on="inherited").join(holders.select("b"), on="b", how="anti")
    own = own.with_columns((b * _SIZE + b + one_step).alias("packed"))
    held = holders.with_columns(((nw.col("depth") + 1) * one_step + b * _SIZE + nw.col("root")).alias("packed"))
    columns = ("b", "inherited", "packed")
    both = nw.concat([own.select(*columns), held.select(*columns)])
    both = both.with_columns(nw.lit(OWN).cast(nw.Int64).alias("inner")).select("b", "inherited", "inner", "packed")
    return nw.concat([both, inherited])


def sources(derived: Frame, edges: Frame, origins: Frame, composed: Frame, problems: Frame) -> Frame:
    """Return the findings about inherited terms, with the parts of their origins.

    The columns are `model`, `id`, `license`, `downloads`, `problem`, and those of `unpacked`.

    Args:
        derived: `model`, `id`, `terms`, `license`, `downloads`, `b`.
        edges: `model`, `b`, `relation`.
        origins: `b`, `inherited` (license), `inner` (relation), `packed`: where the terms of a base come from.
        composed: `inner`, `relation`, `outer`: the relation that two relations make.
        problems: `terms`, `license`, `inherited`, `outer`, `problem`.
    """
    import narwhals as nw

    columns = ("model", "id", "license", "downloads", "problem")
    # Most models have one base, which inherits nothing: all that is found of their combination is about it.
    of_case = problems.select("terms", "license", "problem")
    plain = derived.filter(nw.col("b") != SEVERAL).join(of_case, on=["terms", "license"])
    b, zero = nw.col("b"), nw.lit(0).cast(nw.Int64)
    parts = (zero.alias("before"), (zero + 1).alias("depth"), b.alias("via"), b.alias("root"))
    rest = derived.filter(nw.col("b") == SEVERAL).select("model", "terms", "license")
    rest = rest.join(pairs(problems, "terms", "license"), on=["terms", "license"])
    reached = edges.join(rest, on="model").join(origins, on="b").join(composed, on=["inner", "relation"])
    found = reached.join(problems, on=["terms", "license", "inherited", "outer"])
    nearest = unpacked(found.group_by("model", "problem").agg(nw.col("packed").min()))
    owned = nearest.join(derived.select("model", "id", "license", "downloads"), on="model")
    return nw.concat([plain.select(*columns, *parts), owned.select(*columns, "before", "depth", "via", "root")])


def unpacked(found: Frame) -> Frame:
    """Return findings with the parts of the packed origin: `before` (dropped before), `depth`, `via`, `root`."""
    import narwhals as nw

    packed = nw.col("packed")
    return found.with_columns(
        (packed // (_SIZE * _SIZE * 4096)).alias("before"),
        (packed // (_SIZE * _SIZE) % 4096).alias("depth"),
        (packed // _SIZE % _SIZE).alias("via"),
        (packed % _SIZE).alias("root"),
    ).drop("packed")


def named_edges(edges: Frame, numbers: Frame, words: Frame) -> Frame:
    """Return edges in words: `model`, `ref`, `data`, `word`.

    Args:
        edges: `model`, `b`, `relation`.
        numbers: `b`, `ref`, `data`.
        words: `relation`, `word`.
    """
    joined = edges.join(numbers.select("b", "ref", "data"), on="b").join(words, on="relation")
    return joined.select("model", "ref", "data", "word")


def origin_words(edges: Frame, origins: Frame, composed: Frame, carried: Frame, words: Frame, numbers: Frame) -> Frame:
    """Return where the terms that models inherit come from: `model`, `origin`.

    Args:
        edges: `model`, `b`, `relation`.
        origins: `b`, `inherited` (license), `inner` (relation), `packed`.
        composed: `inner`, `relation`, `outer`: the relation that two relations make.
        carried: `inherited`, `outer`: terms that reach what was made.
        words: `inherited`, `label`.
        numbers: `b`, `ref`.
    """
    import narwhals as nw

    reached = edges.join(origins, on="b").join(composed, on=["inner", "relation"])
    reached = reached.join(carried, on=["inherited", "outer"])
    nearest = reached.group_by("model", "inherited").agg(nw.col("packed").min())
    rooted = nearest.with_columns((nw.col("packed") % _SIZE).alias("b")).join(numbers.select("b", "ref"), on="b")
    origin = nw.concat_str([nw.col("label"), nw.col("ref")], separator=" from ")
    return rooted.join(words, on="inherited").select("model", origin.alias("origin"))


def inventory(models: Frame, derived: Frame, stated: Frame, ratings: Frame, parts: Mapping[str, Frame]) -> Frame:
    """Return the inventory, one row for each model.

    Args:
        models: `model`, `id`, `statement`, `downloads`.
        derived: `model`, `terms`.
        stated: `statement`, `license`, `label`, `stated`.
        ratings: `terms`, `license`, `openness`, `free_license`.
        parts: Tables with `model` and `joined`, by the column that they are for.
    """
    import narwhals as nw

    joined = models.select("model", "id", "statement", "downloads").join(stated, on="statement")
    joined = joined.join(derived.select("model", "terms"), on="model", how="left")
    joined = joined.with_columns(nw.col("terms").fill_null(0)).join(ratings, on=["terms", "license"]).drop("terms")
    for name, part in parts.items():
        joined = joined.join(part.rename({"joined": name}), on="model", how="left")
    provider = nw.when(nw.col("id").str.contains("/", literal=True)).then(_owner("id")).otherwise(nw.lit(""))
    return joined.select(
        nw.col("id").alias("model"),
        provider.alias("provider"),
        nw.col("label").alias("license"),
        "stated",
        *(nw.col(name).fill_null("").alias(name) for name in parts),
        "openness",
        "free_license",
        "downloads",
    )


SEVERAL = -1
"""In place of a base: there are several, or it inherits something itself."""
OWN = -1
"""In place of a relation: the terms are a base's own."""
DROPPED = 4096 * _SIZE * _SIZE
HERE, BEFORE, BY_OWNER = range(3)
"""Where terms were left out: by the model itself, by a base before it, or before it by the publisher of the root."""


def composed_relations(table: Any) -> dict[str, list[int]]:  # noqa: ANN401 - a LicenseTable, not imported for its type
    """Return the columns `inner`, `relation`, `outer`; `inner` is OWN for a base's own license."""
    kinds = range(len(RELATIONS))
    rows = [(OWN, relation, relation) for relation in kinds]
    rows += [(inner, relation, table.composed(relation, inner)) for inner in kinds for relation in kinds]
    return {name: [row[at] for row in rows] for at, name in enumerate(("inner", "relation", "outer"))}


def same_publisher(found: Frame, numbers: Frame) -> Frame:
    """Return findings in numbers with `same_publisher`: 1 where the publisher of the root leaves its own terms out.

    Args:
        found: What `sources` returned.
        numbers: `b`, `ref`.
    """
    import narwhals as nw

    roots = numbers.select(nw.col("b").alias("root"), nw.col("ref").alias("root_ref"))
    return found.join(roots, on="root").with_columns(_by_owner().alias("same_publisher"))


def named(found: Frame, numbers: Frame, licenses: Frame, problems: Frame) -> Frame:
    """Return findings in words, as they are written.

    Args:
        found: What `sources` returned.
        numbers: `b`, `ref`.
        licenses: `license`, `label`.
        problems: `problem`, `root_license`, `relation_word`, `answer`, `clause`, `kind`, `framing`.
    """
    import narwhals as nw

    refs = numbers.select("b", "ref")
    joined = found.join(problems, on="problem")
    joined = joined.join(refs.rename({"b": "root", "ref": "root_ref"}), on="root")
    joined = joined.join(refs.rename({"b": "via", "ref": "via_ref"}), on="via")
    joined = joined.join(licenses, on="license")
    dropped = (nw.col("kind") == "dropped") & (nw.col("before") != HERE)
    left_out = nw.col("kind").is_in(["dropped", "inherited"])
    kind = nw.when(dropped).then(nw.lit("inherited")).otherwise(nw.col("kind"))
    return joined.with_columns(kind.alias("kind"), nw.col("depth").cast(nw.Int64)).select(
        nw.col("id").alias("model"),
        nw.col("label").alias("license"),
        nw.col("root_ref").alias("root"),
        "root_license",
        nw.col("relation_word").alias("relation"),
        nw.col("via_ref").alias("via"),
        *("depth", "answer", "clause", "kind", "framing", "downloads"),
        _by_owner(left_out).alias("same_publisher"),
    )


def _by_owner(chosen: Any = None) -> Any:  # noqa: ANN401 - expressions of Narwhals
    """1 where the publisher of the root leaves its own terms out; owners are compared for the chosen findings alone."""
    import narwhals as nw

    here, before = nw.col("before") == HERE, nw.col("before") == BY_OWNER
    if chosen is not None:
        here, before = chosen & here, chosen & before
    one, none = nw.lit(1).cast(nw.Int64), nw.lit(0).cast(nw.Int64)
    compared = nw.when(_owner("id") == _owner("root_ref")).then(one).otherwise(none)
    return nw.when(before).then(one).otherwise(nw.when(here).then(compared).otherwise(none))


def _owner(column: str) -> Any:  # noqa: ANN401 - an expression of Narwhals
    import narwhals as nw

    return nw.col(column).str.split("/").list.get(0)


def counted(frame: Frame, *columns: str) -> Frame:
    """Return each distinct value of some columns with its `models`, each counted once, and their `downloads`.

    Args:
        frame: `model`, `downloads`, and the columns.
        columns: What is counted.
    """
    import narwhals as nw

    once = frame.group_by(*columns, "model").agg(nw.col("downloads").max())
    return once.group_by(*columns).agg(nw.len().alias("models"), nw.col("downloads").sum())


def by_kind(found: Frame) -> Frame:
    """Return each kind of findings about inherited terms with its findings and its models: `code`, `rows`, `models`.

    Args:
        found: `model`, `code` (the place of the kind in KINDS), `before`.
    """
    import narwhals as nw

    dropped = (nw.col("code") == KINDS.index("dropped")) & (nw.col("before") != HERE)
    code = nw.when(dropped).then(nw.lit(KINDS.index("inherited"))).otherwise(nw.col("code"))
    once = found.select("model", code.alias("code")).group_by("code", "model").agg(nw.len().alias("rows"))
    counted = once.group_by("code").agg(nw.col("rows").sum(), nw.len().alias("models"))
    return counted.select("code", "rows", "models")


def counted_rows(frame: Frame, *columns: str) -> Frame:
    """Return each distinct value of some columns with the number of its rows."""
    import narwhals as nw

    return frame.group_by(*columns).agg(nw.len().alias("rows")).select(*columns, "rows")


def misnamed(derived: Frame, wanted: Frame, prefixes: Sequence[str]) -> Frame:
    """Return how many models have a name that doesn't begin with a word, and their downloads, by the word.

    Args:
        derived: `id`, `terms`, `downloads`.
        wanted: `terms`, `prefix` (the place of the word in `prefixes`).
        prefixes: The words, as patterns.
    """
    import narwhals as nw

    affected = derived.join(wanted, on="terms")
    lacking = [
        (nw.col("prefix") == place) & ~nw.col("id").str.contains(f"(?i)(^|/){prefix}[^/]*$")
        for place, prefix in enumerate(prefixes)
    ]
    found = affected.filter(nw.any_horizontal(*lacking, ignore_nulls=True))
    return found.group_by("prefix").agg(nw.len().alias("models"), nw.col("downloads").sum())


def first(frame: Frame, number: int, *columns: str) -> Frame:
    """Return the rows with the greatest numbers, in order.

    Args:
        frame: What is sorted.
        number: How many rows.
        columns: By what: the first is a number, the greatest first; the rest break ties, the least first.
    """
    descending = [position == 0 for position in range(len(columns))]
    return frame.sort(*columns, descending=descending).head(number)


def alone(owned: Frame) -> Frame:
    """Return the findings about models that name themselves as their base.

    Args:
        owned: `id`, `label`, `downloads`.
    """
    import narwhals as nw

    return owned.select(
        nw.col("id").alias("model"),
        nw.col("label").alias("license"),
        nw.col("id").alias("root"),
        nw.col("label").alias("root_license"),
        nw.lit("").alias("relation"),
        nw.col("id").alias("via"),
        nw.lit(0).cast(nw.Int64).alias("depth"),
        *(nw.lit("").alias(name) for name in ("answer", "clause")),
        nw.lit("self_reference").alias("kind"),
        nw.lit("").alias("framing"),
        "downloads",
        nw.lit(0).cast(nw.Int64).alias("same_publisher"),
    )


def against_policy(owned: Frame) -> Frame:
    """Return the findings about models whose own license a policy does not allow.

    Args:
        owned: `id`, `label`, `downloads`, `clause`.
    """
    import narwhals as nw

    return owned.select(
        nw.col("id").alias("model"),
        nw.col("label").alias("license"),
        nw.col("id").alias("root"),
        nw.col("label").alias("root_license"),
        nw.lit("").alias("relation"),
        nw.col("id").alias("via"),
        nw.lit(0).cast(nw.Int64).alias("depth"),
        nw.lit("no").alias("answer"),
        "clause",
        nw.lit("policy").alias("kind"),
        nw.lit("both").alias("framing"),
        "downloads",
        nw.lit(0).cast(nw.Int64).alias("same_publisher"),
    )


def in_circle(owned: Frame) -> Frame:
    """Return the findings about models that are made from each other in a circle.

    Args:
        owned: `id`, `label`, `downloads`, `first_ref` (the first of the circle), `steps` (its length).
    """
    import narwhals as nw

    return owned.select(
        nw.col("id").alias("model"),
        nw.col("label").alias("license"),
        nw.col("first_ref").alias("root"),
        *(nw.lit("").alias(name) for name in ("root_license", "relation", "via")),
        nw.col("steps").cast(nw.Int64).alias("depth"),
        *(nw.lit("").alias(name) for name in ("answer", "clause")),
        nw.lit("cycle").alias("kind"),
        nw.lit("").alias("framing"),
        "downloads",
        nw.lit(0).cast(nw.Int64).alias("same_publisher"),
    )
