"""What the API shows and does, and to whom."""

import json

import pytest

from plansync.core.scope import WHOLE, Scope
from tests.support.web_client import Client
from tests.support.web_world import PASS, TOKEN, WebWorld

API = "/api/v1"
PLAN = "plans/plan.md"
ROUTES = [
    ("GET", "/targets"),
    ("GET", "/plans"),
    ("GET", f"/plans/web/{PLAN}"),
    ("GET", f"/plans/web/{PLAN}/items"),
    ("GET", "/runs"),
    ("GET", "/problems"),
    ("POST", "/targets/web/preview"),
    ("POST", "/targets/web/sync"),
]


def get(client: Client, path: str, status: int = 200) -> dict:  # type: ignore[type-arg]
    answer = client.get(API + path, headers=PASS)
    assert answer.status_code == status, answer.text
    return answer.json()  # type: ignore[no-any-return]


@pytest.mark.parametrize("shown", [None, "Bearer wrong", f"Basic {TOKEN}", "Bearer", TOKEN, "Bearer \xff"])
def test_nobody_gets_in_without_a_token(client: Client, shown: str | None) -> None:
    headers = {} if shown is None else {"Authorization": shown.encode("latin-1")}
    for method, path in ROUTES:
        answer = client.request(method, API + path, headers=headers)
        assert answer.status_code == 401, path
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"


def test_without_a_configured_token_it_is_closed_to_all(web: WebWorld) -> None:
    web.tokens = ()
    client = Client(web.app())
    for method, path in ROUTES:
        for headers in ({}, {"Authorization": "Bearer "}, PASS):
            assert client.request(method, API + path, headers=headers).status_code == 403


def test_every_configured_token_opens_it(web: WebWorld) -> None:
    web.tokens = ("the old one", TOKEN)
    client = Client(web.app())
    for token in web.tokens:
        assert client.get(f"{API}/targets", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_no_other_site_may_ask(client: Client) -> None:
    asked = {"Origin": "https://elsewhere.test", "Access-Control-Request-Method": "GET"}
    answer = client.request("OPTIONS", f"{API}/targets", headers=asked)
    assert answer.status_code == 405
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_there_are_no_pages_that_load_scripts_from_elsewhere(client: Client) -> None:
    assert [client.get(path).status_code for path in ("/docs", "/redoc", "/openapi.json")] == [404] * 3


def test_targets_are_listed_with_how_they_fare(client: Client) -> None:
    (target,) = get(client, "/targets")["targets"]
    assert (target["name"], target["tracker"], target["success_at"], target["waiting"]) == ("web", "local", None, False)


def test_a_target_that_cannot_be_used_is_listed_and_holds_up_no_other(client: Client, web: WebWorld) -> None:
    web.broken = ["core"]
    assert [target["name"] for target in get(client, "/targets")["targets"]] == ["web", "core"]
    assert get(client, "/plans?target=core", status=503)["status"] == 503
    assert len(get(client, "/plans")["plans"]) == 1
    assert client.post(f"{API}/targets/core/preview", headers=PASS).status_code == 503
    assert client.get("/readyz").json()["targets"]["core"] == {"success_age_seconds": None, "failing": False}


def test_a_plan_is_shown_before_and_after_its_first_sync(client: Client, web: WebWorld) -> None:
    before = get(client, f"/plans/web/{PLAN}")
    assert (before["title"], before["status"], before["synced_at"]) == ("Parcel tracking", "Draft", None)
    web.world.sync(publish=True)
    after = get(client, f"/plans/web/{PLAN}")
    assert after["synced_at"] is not None
    assert (after["total"], after["path"]) == (before["total"], PLAN)
    assert get(client, "/plans")["plans"] == [after]
    assert get(client, "/plans?target=web")["plans"] == [after]


def test_items_have_their_issues_once_they_are_synced(client: Client, web: WebWorld) -> None:
    before = get(client, f"/plans/web/{PLAN}/items")["items"]
    web.world.sync(publish=True)
    after = get(client, f"/plans/web/{PLAN}/items")["items"]
    assert [item["text"] for item in after] == [item["text"] for item in before]
    assert {item["number"] for item in before} == {None}
    assert all(item["number"] and item["url"] and item["issue"] == "open" for item in after)
    assert {item["kind"] for item in after} == {"task", "risk"}


def test_runs_come_page_by_page_newest_first(client: Client, web: WebWorld) -> None:
    for _ in range(3):
        web.world.sync()
    first = get(client, "/runs?limit=2")
    second = get(client, f"/runs?limit=2&before={first['next']}")
    started = [run["started_at"] for run in first["runs"] + second["runs"]]
    assert started == sorted(started, reverse=True)
    assert (len(started), second["next"]) == (3, None)
    assert [run["ok"] for run in second["runs"]] == [True]
    assert get(client, "/runs?target=web")["runs"][0]["trigger"] == "once"


@pytest.mark.parametrize("is_synced", [False, True])
def test_problems_are_listed_with_their_place(client: Client, web: WebWorld, is_synced: bool) -> None:
    web.world.edit("[ ] Read the carrier's feed", "[?] Read the carrier's feed")
    if is_synced:
        web.world.sync(publish=True)
    (problem,) = get(client, "/problems")["problems"]
    assert (problem["path"], problem["code"], problem["line"], problem["severity"]) == (PLAN, "PS202", 31, "warning")
    assert get(client, "/problems?target=web")["problems"] == [problem]


@pytest.mark.parametrize(
    "path", ["/plans/nobody/a.md", "/plans/web/no.md", "/plans/web/no.md/items", "/runs?target=x", "/problems?target=x"]
)
def test_what_is_not_there_is_404(client: Client, path: str) -> None:
    fault = get(client, path, status=404)
    assert (fault["status"], fault["title"]) == (404, "Not Found")


def test_a_preview_says_what_would_be_and_changes_nothing(client: Client, web: WebWorld) -> None:
    text = web.world.read()
    answer = client.post(f"{API}/targets/web/preview", headers=PASS, json={"plans": [PLAN]})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    (plan,) = told["plans"]
    assert told["pending"]
    assert told["counts"]["create_issue"] == len([c for c in plan["changes"] if c["kind"] == "create_issue"]) > 0
    assert plan["diff"].startswith("--- ")
    assert (web.world.read(), web.world.issues()) == (text, {})
    assert web.world.store.journal.runs(None, 10) == []


def test_a_wish_for_a_sync_is_stored_and_goes_at_once(client: Client, web: WebWorld) -> None:
    answer = client.post(f"{API}/targets/web/sync", headers=PASS, json={"plans": [PLAN]})
    assert (answer.status_code, answer.json()) == (202, {"target": "web", "plans": [PLAN]})
    (wish,) = web.queue.real.overview().waiting
    assert wish.scope == Scope(plans=frozenset({PLAN}))
    assert (wish.triggers, wish.due_at) == (("api",), web.world.clock.now())
    assert web.rings == 1
    assert client.post(f"{API}/targets/web/sync", headers=PASS).status_code == 202
    (wish,) = web.queue.real.overview().waiting
    assert wish.scope == WHOLE


def test_a_sync_of_a_plan_or_target_that_is_not_there_is_not_taken_in(client: Client, web: WebWorld) -> None:
    for act in ("sync", "preview"):
        assert client.post(f"{API}/targets/web/{act}", headers=PASS, json={"plans": ["no.md"]}).status_code == 404
        assert client.post(f"{API}/targets/nobody/{act}", headers=PASS).status_code == 404
    assert web.waiting() == {}


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"plans": "a"}', b'{"plan": []}', b'{"plans": [""]}'])
def test_a_wish_that_cannot_be_read_is_422_in_the_one_form(client: Client, body: bytes) -> None:
    headers = {**PASS, "Content-Type": "application/json"}
    answer = client.post(f"{API}/targets/web/sync", headers=headers, content=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"]


def test_where_the_store_does_not_answer_it_is_503_in_the_one_form(client: Client, web: WebWorld) -> None:
    web.queue.locked = web.queue.gone = True
    for answer in (client.get(f"{API}/targets", headers=PASS), client.post(f"{API}/targets/web/sync", headers=PASS)):
        assert (answer.status_code, answer.json()["status"]) == (503, 503)


def test_the_description_names_every_answer(client: Client) -> None:
    described = client.get(f"{API}/openapi.json").json()
    for method, path in ROUTES:
        names = {f"{API}{path}", f"{API}{path}".replace("/web", "/{target}").replace(PLAN, "{path}")}
        (found,) = (described["paths"][name] for name in names if name in described["paths"])
        answers = found[method.lower()]["responses"]
        assert {"401", "403", "503"} <= set(answers)
        assert "application/problem+json" in answers["401"]["content"]
        assert found[method.lower()]["security"] == [{"HTTPBearer": []}]
    assert "HTTPValidationError" not in json.dumps(described)
