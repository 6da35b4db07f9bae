"""Who gets an answer from the studio: this machine's browser with the secret, and no page of another site."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.interview.folders import gemma_lora
from tests.web.studio.client import HOST, Browser

FOREIGN = (
    "evil.example",
    "evil.example:8000",
    "127.0.0.1.evil.example:8000",
    "127.0.0.1",
    "127.0.0.1:81",
    "localhost:",
)


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    return Browser(gemma_lora(tmp_path))


def test_the_secret_becomes_a_cookie_that_no_script_and_no_other_site_sees(tmp_path: Path) -> None:
    browser = Browser(gemma_lora(tmp_path), enters=False)
    assert browser.get("/").status_code == 403
    assert browser.get("/?key=wrong").status_code == 403
    answer = browser.get(f"/ask?key={browser.secret}&license=mit")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/ask?license=mit")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert browser.get("/").status_code == 200
    assert browser.secret not in browser.get("/").text


def test_the_secret_leads_to_no_other_site(tmp_path: Path) -> None:
    browser = Browser(gemma_lora(tmp_path), enters=False)
    location = browser.get(f"//evil.example/x?key={browser.secret}").headers["Location"]
    assert location.startswith("/")
    assert not location.startswith("//")


@pytest.mark.parametrize("host", FOREIGN)
def test_a_name_that_was_rebound_to_this_machine_gets_nothing(browser: Browser, host: str) -> None:
    for path in ("/", "/page", "/ask", "/static/studio.css", f"/?key={browser.secret}"):
        answer = browser.get(path, Host=host)
        assert answer.status_code == 421
        assert "gemma" not in answer.text
    assert browser.post("/answer", Host=host).status_code == 421


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:9", "http://localhost:8000"])
def test_a_page_of_another_origin_changes_nothing(browser: Browser, origin: str) -> None:
    assert browser.post("/answer", {"step": "kind"}, Origin=origin).status_code == 403
    assert browser.post("/answer", {"step": "kind"}, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert browser.post("/answer", {"step": "kind"}, **{"Sec-Fetch-Site": "same-site"}).status_code == 403


@pytest.mark.parametrize("token", ["", "0" * 64, "ä"])
def test_a_form_without_the_token_changes_nothing(browser: Browser, token: str) -> None:
    assert browser.post("/answer", {"step": "kind", "token": token}).status_code == 403
    assert browser.client.post("/answer", content=b"step=kind", headers={"Origin": HOST}).status_code == 403


def test_a_large_request_is_refused(browser: Browser) -> None:
    assert browser.post("/answer", {"text": "x" * 3_000_000}).status_code == 413


def test_answers_have_the_headers_that_keep_others_out(browser: Browser) -> None:
    for path in ("/", "/ask", "/page", "/static/studio.js", "/nowhere"):
        headers = browser.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert ("frame-ancestors 'self'" in policy) == (path == "/page")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize("path", ["/", "/ask", "/page"])
def test_pages_have_no_script_or_style_inside_and_load_nothing_from_elsewhere(browser: Browser, path: str) -> None:
    text = browser.get(path).text
    assert "<style" not in text.replace("<style></style>", "")
    assert "<script>" not in text
    assert " style=" not in text
    assert ' src="http' not in text
    assert ' onclick="' not in text


@pytest.mark.parametrize(
    "path",
    [
        "/../release.yaml",
        "/static/../studio.py",
        "/static/%2e%2e/%2e%2e/etc/passwd",
        "/static/..%2f..%2fetc/passwd",
        "/release.yaml",
        "/page/../../etc/passwd",
        "//etc/passwd",
    ],
)
def test_no_file_is_served(browser: Browser, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 404
    assert "root:" not in answer.text


def test_a_server_for_other_machines_accepts_addresses_and_its_own_name_only(tmp_path: Path) -> None:
    browser = Browser(gemma_lora(tmp_path), host="0.0.0.0")
    for host in ("192.0.2.7:8000", "[2001:db8::1]:8000", f"{socket.gethostname()}:8000", "localhost:8000"):
        assert browser.get("/ask", Host=host).status_code == 303
    for host in ("evil.example:8000", "192.0.2.7", "192.0.2.7.evil.example:8000", "[evil]:8000"):
        assert browser.get("/ask", Host=host).status_code == 421
