"""Load a release file, assess it, build its bundle, check it: the steps composed."""

from __future__ import annotations

import contextlib
import datetime
import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.errors import CharterError, not_empty
from generator.patterns import lazy_pattern
from generator.translations import gettext as _

# Each function imports what it needs: a question about one license pays for no release file, and for no YAML.
if TYPE_CHECKING:
    from generator.audit.session import Audit
    from generator.checks.report import Report
    from generator.documents.bundle import Bundle
    from generator.licenses.answers import DeriveResult, Rights
    from generator.licenses.assess import Assessment
    from generator.licenses.catalog import LicenseId
    from generator.licenses.policy import Policy
    from generator.licenses.terms import TextSource
    from generator.openness.answers import Openness
    from generator.publishing.result import Options, PublishResult
    from generator.release.model import Release

__all__ = ["assess", "audit", "build", "check", "derive", "load_release", "openness", "push", "rights"]

REPO = lazy_pattern(r"[\w][\w.-]*/[\w][\w.-]*")
_TARGET = lazy_pattern(rf"(?:datasets/|models/)?{REPO.pattern}(?:@[\w./-]+)?")


def load_release(path: str | Path) -> Release:
    """Read a release file.

    Args:
        path: The file, or a folder that holds a `release.yaml`.

    Raises:
        ReleaseFileError: It cannot be read; every error is in it, with line and column.
    """
    from generator.release.reader import read_release

    return read_release(not_empty("path", path), with_settings=True)


def assess(release: Release) -> Assessment:
    """Assess a release: for every item what flows into it, and what a recipient may do with it.

    Args:
        release: What `load_release` returned, or one made in Python.
    """
    from generator.licenses.assess import assess as assess_release

    return assess_release(release)


def build(release: Release) -> Bundle:
    """Return the bundle of a release: path to bytes, nothing written yet.

    Args:
        release: What `load_release` returned.

    Raises:
        LicenseTextError: A text that must be in the bundle is not available.
        CharterError: A file that the release names cannot be read, or something the bundle needs is not stated.
    """
    from generator.documents.registry import write_documents

    return write_documents(assess(release))


def check(
    release: Release,
    *,
    bundle: Bundle | str | Path | None = None,
    today: datetime.date | None = None,
    fail_on: str = "error",
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    policy: Policy | str | Path | None = None,
) -> Report:
    """Check a release, the files beside it, and its bundle where one was built.

    Args:
        release: What `load_release` returned.
        bundle: What `build` returned, or the folder it was written to; by default the folder of the release.
        today: The day that `accept.until` is compared with; by default `SOURCE_DATE_EPOCH`, else the clock.
        fail_on: The least severity that makes a release not ready: error, warning or info.
        select: The only rules that run, by id, family or beginning of an id; all by default.
        ignore: Rules that do not run, of those that would.
        policy: The policy of your organization, or its file; the rules `POL` compare licenses with it.

    Raises:
        CharterError: `select` or `ignore` names what is no rule and no family, or `bundle` is a file.
    """
    from generator.artifacts.folder import is_folder
    from generator.checks.run import chosen_rules, run

    place = Path(not_empty("bundle", bundle)) if isinstance(bundle, str) else bundle
    if isinstance(place, Path) and place.exists() and not is_folder(place):
        raise CharterError(
            _("{place}: no folder.").format(place=place), _("Name the folder that the bundle was built into.")
        )
    rules = chosen_rules(select, ignore)
    settings = release.settings
    if policy is None and settings and settings.values and settings.values.policy:
        policy = settings.file.parent / settings.values.policy
    held = policy if not isinstance(policy, (str, Path)) else read_policy(policy)
    found = run(assess(release), bundle=place, today=today or this_day(), fail_on=fail_on, rules=rules, policy=held)
    return found._replace(notes=notes_of(release)) if settings else found


def notes_of(release: Release) -> tuple[str, ...]:
    """Return what people must know of the settings that were found with a release.

    Args:
        release: What `load_release` returned.
    """
    tree = release.origin.tree if release.origin else None
    own = tree.get("rules") if isinstance(tree, dict) else None
    return release.settings.notes(own if isinstance(own, dict) else {}) if release.settings else ()


def read_policy(path: str | Path) -> Policy | None:
    """Read the policy of an organization.

    Args:
        path: Its file.

    Raises:
        ReleaseFileError: It can't be read as a policy.
    """
    from generator.licenses.policy import load_policy

    return load_policy(not_empty("policy", path))


def rights(
    target: str | Path | Release,
    *,
    acts: Iterable[str] | None = None,
    given: Mapping[str, object] | Iterable[str] | None = None,
    layer: str | None = None,
) -> Rights:
    """Return what a recipient may do.

    Args:
        target: A release, a release file, a model folder, a record of the Model Openness Framework (YAML), a license
            id, alias or expression, or a Hub repo; `path:`, `license:` or `hub:` before it forces one. Only a Hub repo
            touches the network.
        acts: The acts that are asked about; all of them by default.
        given: Facts that make conditional answers definite, by key or as `KEY=VALUE` texts: monthly_active_users and
            annual_revenue_usd as numbers, country (ISO 3166 alpha-2), purpose, name.
        layer: The only layer that is asked about.

    Raises:
        UnknownLicenseError: The target is nothing that is known.
        HubError: The target is a Hub repo that cannot be read.
        CharterError: A word is not of the vocabulary, or a fact cannot be read.
        ReleaseFileError: The release file cannot be read.
    """
    from generator.licenses.answers import license_rights, release_rights
    from generator.licenses.facts import parse_facts
    from generator.licenses.query import require_acts, require_layer

    wanted, facts, only = require_acts(acts), parse_facts(given), require_layer(not_empty("layer", layer))
    if not isinstance(target, (str, Path)):
        return release_rights(target.release.name, assess(target), acts=wanted, given=facts, layer=only)
    kind, name = target_kind(str(not_empty("target", target)))
    if kind == "license":
        return license_rights(name, acts=wanted, given=facts, layer=only)
    return release_rights(str(target), assess(load_target(name)), acts=wanted, given=facts, layer=only)


def derive(
    bases: str | Iterable[str],
    relation: str,
    license: str,
    *,
    given: Mapping[str, object] | Iterable[str] | None = None,
) -> DeriveResult:
    """Return whether something made from the bases may be published under a license.

    Args:
        bases: License ids, aliases or expressions of what it was made from.
        relation: How it was made: finetune, adapter, diff, quantized, merge, distilled, trained_on, outputs_of or
            includes; trained_with asks about training code that was run.
        license: The license it is to carry; any `LicenseRef-NAME` stands for a custom license.
        given: Facts that make an answer definite, as for `rights`.

    Raises:
        UnknownLicenseError: An id is not known.
        CharterError: The relation is none, or a fact cannot be read.
    """
    from generator.licenses.answers import license_derivation
    from generator.licenses.facts import parse_facts

    bases = tuple(not_empty("bases", base) for base in ([bases] if isinstance(bases, str) else bases))
    relation, license = not_empty("relation", relation), not_empty("license", license)
    return license_derivation(bases, relation, license, given=parse_facts(given))


def openness(target: str | Path | Release, *, mode: str = "default") -> Openness:
    """Return how open a release is: both framings, the Model Openness Framework, OSAID, the EU AI Act's exemption.

    Args:
        target: A release, a release file, a model folder, a record of the Model Openness Framework (YAML), or a Hub
            repo; `path:` or `hub:` before it forces one. Only a Hub repo touches the network.
        mode: `default`, or `reference` to answer the Model Openness Framework as its evaluator does, quirks included.

    Raises:
        CharterError: The target is no release, there is no such mode, or a record cannot be read.
        HubError: The target is a Hub repo that cannot be read.
        ReleaseFileError: The release file cannot be read.
    """
    from generator.artifacts.folder import is_file, is_folder
    from generator.openness.answers import record_openness, release_openness
    from generator.openness.record import read_record
    from generator.release.source import read_bytes

    if not isinstance(target, (str, Path)):
        return release_openness(target.release.name, assess(target), mode=mode)
    kind, name = target_kind(str(not_empty("target", target)))
    if kind == "license":
        raise CharterError(
            _("{name} is a license; how open it is cannot be asked.").format(name=name),
            _("See `charter licenses {name}`.").format(name=name),
        )
    is_card = Path(name).suffix.lower() in (".md", ".markdown")
    if is_file(name) and not is_card:
        record = read_record(read_bytes(Path(name)), name)
        if record:
            return record_openness(str(target), record, mode=mode)
    folder = Path(name).parent if is_card else Path(name)
    bare = is_folder(folder) and not is_file(folder / "release.yaml")
    beside = is_file(folder / "README.md") if bare else None
    return release_openness(str(target), assess(load_target(name)), mode=mode, card=beside)


def audit(
    *dumps: str | Path | Mapping[str, Any],
    session: Any = None,  # noqa: ANN401 - a session of Spark or a connection of Ibis
    org: str | None = None,
    columns: Iterable[str] | Mapping[str, str] = (),
    facts: Mapping[str, object] | Iterable[str] | None = None,
    policy: Policy | str | Path | None = None,
    memory: str | None = None,
    threads: int | None = None,
    fail_on: str = "error",
    what_if: Mapping[str, str] | Iterable[str] = (),
    since: str | Path | None = None,
    out: str | Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Audit:
    """Check the lineage of many models at once, from tables of metadata; nothing is read from the network.

    Args:
        dumps: Parquet, CSV or JSON Lines files, folders, or patterns: dumps of the Hub, or plain tables. Or one mapping
            with the frames `models`, `datasets` and `renames` of Polars, Spark or Ibis, in the columns of a plain
            table.
        session: The session of Spark, or the connection of Ibis, that the frames belong to.
        org: The only publisher whose models are checked, with everything they are made from.
        columns: Columns with another name, by what is in them: `{"license": "lic"}`.
        facts: Facts that make conditional answers definite, as for `rights`.
        policy: The policy of your organization, or its file.
        memory: The memory that tables may take, as `600MB`; the rest goes to temporary files.
        threads: How many threads; all processors by default.
        fail_on: The least severity for the exit code 1: error, warning or info.
        what_if: Licenses that models would have, by their ids, or as `ID=LICENSE`: the report has what would change.
        since: A file with the findings of an earlier audit: the report has what is new, and what is gone.
        out: A file that the findings are written to, as by `Audit.write`, while the report is made.
        progress: Is called with the name of each step.

    Raises:
        CharterError: A file can't be read, or the extra `audit` isn't installed.
    """
    from generator.audit import extra
    from generator.licenses.facts import parse_facts

    if not dumps:
        raise CharterError(_("No file to audit is named."), _("Pass a Parquet, CSV or JSON Lines file."))
    extra.require(extra.FRAMES if isinstance(dumps[0], Mapping) else extra.FILES)
    from generator.audit.compare import parse_what_if
    from generator.audit.session import audit_files, audit_frames

    held = policy if not isinstance(policy, (str, Path)) else read_policy(policy)
    if isinstance(dumps[0], Mapping):
        if len(dumps) > 1 or since or what_if or columns or out:
            raise CharterError(
                _("Frames can't be mixed with files, columns, since, what_if or out."), _("Pass files instead.")
            )
        given = parse_facts(facts)
        return audit_frames(dumps[0], session, facts=given, policy=held, org=org, fail_on=fail_on, progress=progress)
    pairs = [f"{key}={name}" for key, name in columns.items()] if isinstance(columns, Mapping) else list(columns)
    return audit_files(
        [str(not_empty("dump", dump)) for dump in dumps],
        facts=parse_facts(facts),
        policy=held,
        org=not_empty("org", org),
        columns=pairs,
        memory=not_empty("memory", memory),
        threads=threads,
        fail_on=fail_on,
        what_if=parse_what_if(what_if),
        since=str(since) if not_empty("since", since) is not None else None,
        out=not_empty("out", out),
        progress=progress,
    )


def load_target(path: str | Path) -> Release:
    """Return the release of a release file or a folder; a folder without one is read by its card and its LICENSE.

    Args:
        path: A file or a folder; a README.md means its folder. A record of the Model Openness Framework is read as what
            it states.

    Raises:
        ReleaseFileError: The release file cannot be read.
        CharterError: There is nothing there that can be checked.
    """
    from generator.artifacts.folder import is_file, is_folder
    from generator.licenses.assess import load_folder_release

    if is_folder(not_empty("target", path)):
        return load_folder_release(Path(path), with_settings=True)
    if Path(path).name == "README.md" and is_file(path):
        return load_folder_release(Path(path).parent, with_settings=True)
    if Path(path).suffix.lower() in (".md", ".markdown"):
        raise CharterError(
            _("{path}: this is a card, not a release file.").format(path=path),
            _("Name its folder, or call it README.md."),
        )
    return _load_record(Path(path)) or load_release(path)


def _load_record(path: Path) -> Release | None:
    """Return the release that a record of the Model Openness Framework states; None where a path is something else."""
    from generator.artifacts.folder import is_file
    from generator.release.source import read_bytes

    if path.suffix.lower() not in (".yml", ".yaml") or not is_file(path):
        return None
    raw = read_bytes(path)
    if b"framework" not in raw:
        return None  # most release files, which are then parsed once
    from generator.openness.importing import record_release
    from generator.openness.record import read_record

    record = read_record(raw, str(path))
    return record_release(record) if record else None


def target_kind(target: str) -> tuple[str, str]:
    """Return what a target is, `path` or `license`, and its name (contract, section 2).

    Args:
        target: An existing path, then a license; `path:` or `license:` before it forces one.

    Raises:
        UnknownLicenseError: It is neither, nor a Hub repo id.
        HubError: It is a Hub repo, and neither the Hub nor its cache has it.
    """
    from generator.artifacts.folder import is_file, is_folder

    forced, colon, name = target.partition(":")
    if colon and forced in ("path", "license", "hub"):
        not_empty(f"the name behind {forced}:", name)
    if colon and forced in ("path", "license"):
        return forced, name
    if forced != "hub" and (is_file(target) or is_folder(target)):
        return "path", target
    from generator.licenses.answers import is_license
    from generator.licenses.catalog import parse

    if forced != "hub" and is_license(target):
        return "license", target
    if forced == "hub" or _TARGET.fullmatch(target):
        return "path", str(from_hub(name if forced == "hub" else target))
    parse(target)  # says which ids are near
    return "license", target


def from_hub(repo: str, more: tuple[str, ...] = ()) -> Path:
    """Return the folder of a Hub repo: fetched, or what the Hub's cache has of it if the Hub cannot be reached.

    Args:
        repo: Its id, with `datasets/` before a data set that has the id of a model, and perhaps `@REVISION`.
        more: Files to fetch beside the card, the release file and the main license files; with them go all texts
            in LICENSES/.

    Raises:
        CharterError: The text names no repo.
        HubError: Neither the Hub nor its cache has it.
    """
    from generator.errors import HubError
    from generator.hub.read import fetch_upstream
    from generator.hub.repo_id import parse_repo_ref
    from generator.licenses.upstreams import find_cached_repo, hub_cache

    ref = parse_repo_ref(repo, "hub")
    try:
        return fetch_upstream(ref.id, ref.revision, ref.kind, more)
    except HubError:
        cache = hub_cache()
        if cache is None or (folder := find_cached_repo(ref.id, ref.revision, cache, ref.kind)) is None:
            raise
        return folder


def fetch_upstreams(release: Release) -> None:
    """Fetch what the upstreams whose license is not stated say of themselves on the Hub, into the Hub's cache.

    Args:
        release: What `load_release` returned; assessing it afterwards finds what was fetched.

    Raises:
        HubError: The Hub cannot be reached, or does not let one be read.
    """
    from generator import progress
    from generator.hub.read import fetch_upstream

    wanted = {
        (upstream.ref, upstream.revision)
        for placed in release.iter_items()
        for upstream in placed.item.derived_from
        if upstream.license is None and REPO.fullmatch(upstream.ref)
    }
    for ref, revision in progress.track(sorted(wanted, key=str), _("Reading sources on the Hub"), len(wanted), "repos"):
        fetch_upstream(ref, revision)
    _fetch_needed_texts(release)


def _fetch_needed_texts(release: Release) -> None:
    """Fetch the texts of the licenses of a release that are in publishers' repositories."""
    from generator.licenses.terms import get_published_ids

    assessment = assess(release)
    stated = [entry.license for entry in assessment.items]
    stated += [flow.license for entry in assessment.items for flow in entry.flows]
    keys = {key for expression in stated if expression for key in expression.ids()}
    # A text that isn't fetched is a finding of `check` and an error of `build`, with the ways to supply it.
    with contextlib.suppress(CharterError):
        fetch_license_texts(tuple(sorted(keys & set(get_published_ids()))))


def fetch_license_texts(
    keys: tuple[LicenseId, ...] | None = None, *, say: Callable[[str], None] = lambda _: None
) -> int:
    """Fetch license texts into the cache, each verified by its digest, and return how many of them are there.

    Args:
        keys: The licenses, each from where its text is kept. By default all texts of the package index, which is one
            download; a publisher's repository is asked for single licenses only.
        say: Takes a message about what is fetched.

    Raises:
        LicenseTextError: Some could not be fetched, or are not the texts that charter has facts of.
    """
    from generator.hub.read import read_text_source
    from generator.licenses.fetch import fetch_publisher_texts, fetch_texts
    from generator.licenses.terms import scancode_digests, terms_of

    digests: dict[str, str | None] = dict(scancode_digests())
    wanted = [terms_of(key) for key in keys or ()]
    if keys is not None:
        sources = [entry.text_source for entry in wanted]
        digests = {s.key: digests.get(s.key) for s in sources if s and s.origin == "scancode"}
    number = fetch_texts(digests, say=say)

    def read(source: TextSource) -> bytes:
        return read_text_source(source.origin, source.key, source.path, source.revision)

    return number + fetch_publisher_texts(wanted, read, say=say)


def this_day() -> datetime.date:
    """Return today: `SOURCE_DATE_EPOCH` where it is set, else the clock (contract, section 2).

    Raises:
        CharterError: `SOURCE_DATE_EPOCH` is not a number of seconds.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return datetime.date.today()
    if not (epoch.isascii() and epoch.isdecimal() and len(epoch) < 12):
        remedy = _("Set it to the seconds since 1970-01-01 (UTC), as `date +%s` prints them, or unset it.")
        raise CharterError(
            _("SOURCE_DATE_EPOCH: {epoch!r} is not a number of seconds.").format(epoch=epoch[:40]), remedy
        )
    return datetime.datetime.fromtimestamp(int(epoch), datetime.UTC).date()


def push(
    bundle: Bundle,
    repo: str,
    *,
    endpoint: str | None = None,
    token_from_env: str | None = None,
    release_file: bool = True,
    **options: Any,  # noqa: ANN401 - the fields of Options
) -> PublishResult:
    """Publish a bundle as one commit to a Hub repo, merged with what people wrote there, read back and verified.

    Args:
        bundle: What `build` returned; what a person wrote into README.md beside its release file goes with it.
        repo: The Hub repo, `ORG/NAME`.
        endpoint: The Hub's address; `HF_ENDPOINT`, else the Hub's own by default.
        token_from_env: The environment variable that holds the token; by default the client's own, or the login's.
        release_file: Whether the release file goes too.
        options: The fields of `Options`, such as create_pr, revision, create, private, force and dry_run.

    Raises:
        CharterError: The release is not ready, or an option is unknown.
        BundleConflictError: A generated part of the card on the Hub was edited by hand; nothing was sent.
        HubError: It failed; the message says whether anything was published.
    """
    from generator.documents.bundle import Bundle
    from generator.hub.client import open_connection
    from generator.hub.repo_id import check_repo_id
    from generator.publishing.publish import publish as published
    from generator.publishing.result import Options
    from generator.publishing.uploads import upload_of_bundle

    check_repo_id(repo, "repo")
    for name, value in options.items():
        not_empty(name, value)
    if not isinstance(bundle, Bundle):
        raise CharterError(_("push: the first argument is not a bundle."), _("Pass what build() returned."))
    if unknown := sorted(options.keys() - set(Options._fields)):
        raise CharterError(
            _("push has no option {name!r}.").format(name=unknown[0]),
            _("Known: {names}.").format(names=", ".join(Options._fields)),
        )
    if bundle.release is not None:
        check(bundle.release).raise_for_errors()
    if isinstance(options.get("force"), str):
        raise CharterError(
            _("force: expected True or a tuple of paths."),
            _('Write force=("{options}",).').format(options=options["force"]),
        )
    upload = upload_of_bundle(bundle, repo, release_file=release_file)
    try:
        with open_connection(endpoint, token_from_env) as connection:
            return published(connection, (upload,), Options(**options))[0]
    except CharterError as error:
        error.remedy = _in_python(error.remedy)
        raise


def _in_python(remedy: str) -> str:
    """A remedy that names options of `charter push`, with the arguments of `push` instead."""

    def argument(found: re.Match[str]) -> str:
        name, value = found[1].replace("-", "_"), found[2]
        if value is None:
            return f"{name}=True"
        return f'{name}=("{value}",)' if name in ("force", "keep") else f'{name}="{value}"'

    return re.sub(
        r"(?:charter push )?--([a-z][a-z-]+)(?: (auto|manual|(?=[\w./-]*[A-Z])[\w./-]*\w))?", argument, remedy
    )


def publish(
    release: Release,
    options: Options,
    *,
    repo: str | Iterable[str] | None = None,
    only: Iterable[str] = (),
    with_files: bool = False,
    release_file: bool = True,
    endpoint: str | None = None,
    token_from_env: str | None = None,
    say: Callable[[str], None] = lambda _: None,
    ask: Callable[[str], bool] | None = None,
    watch: Callable[[PublishResult], None] = lambda _: None,
) -> tuple[PublishResult, ...]:
    """Publish a release to its repo and to those that its items name, each as one commit; nothing is checked here.

    Args:
        release: What `load_release` returned.
        options: How.
        repo: Other repos than the release file names: `ORG/NAME` for the release, `LAYER=ORG/NAME` for its items.
        only: The only repos to publish: their ids, or names of layers.
        with_files: Whether the files of the layers go too.
        release_file: Whether the release file goes too.
        endpoint: The Hub's address.
        token_from_env: The environment variable that holds the token.
        say: Takes messages on the way.
        ask: Asks the person at the terminal whether to continue; None without a terminal.
        watch: Is shown what is about to be sent.

    Raises:
        CharterError: No repo is named, or a bundle cannot be built.
        BundleConflictError: A generated part of a card on the Hub was edited by hand; nothing was sent.
        HubError: It failed; the message says what was published and what was not.
    """
    from generator.hub.client import open_connection
    from generator.publishing.publish import publish as published
    from generator.publishing.uploads import repo_uploads

    packed = repo_uploads(release, repo, only=only, with_files=with_files, release_file=release_file)
    with open_connection(endpoint, token_from_env, say) as connection:
        return published(connection, packed, options, ask=ask, watch=watch)
