"""Nobody without Jupyter's token reaches anything."""

import pytest
from jupyter_server.utils import url_path_join
from tornado.web import RequestHandler

from jupyterlab_pachyderm.routes import FORWARDED

PATHS = [*(path.replace("{}", "sales") for path in FORWARDED), "mount-server", "pfs", "pfs/images", "files/images/a.csv", "pps/_create/a.ipynb", "pps/_preview", "datums/_download", "download/explore/images/a.csv", "archive/images"]
METHODS = ["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE"]


def handlers_below(router):
    for rule in router.rules:
        if hasattr(rule.target, "rules"):
            yield from handlers_below(rule.target)
        elif isinstance(rule.target, type) and rule.target.__module__.startswith("jupyterlab_pachyderm"):
            yield rule.target


@pytest.mark.parametrize("path", PATHS)
async def test_no_method_answers_without_the_token(jp_serverapp, http_server_client, jp_base_url, path):
    for method in METHODS:
        body = "{}" if method in ("PUT", "POST", "PATCH") else None

        answer = await http_server_client.fetch(
            url_path_join(jp_base_url, "pachyderm/v2", path), method=method, body=body, raise_error=False, follow_redirects=False
        )

        assert answer.code in (302, 403, 405), f"{method} {path}: {answer.code}"
        assert answer.code != 302 or "/login" in answer.headers["Location"]


def test_every_method_that_is_written_asks_who_is_there(jp_serverapp):
    handlers = list(handlers_below(jp_serverapp.web_app.default_router))
    assert len(handlers) == len(FORWARDED) + 8

    for handler in handlers:
        for method in METHODS:
            implementation = getattr(handler, method.lower())
            if implementation is RequestHandler._unimplemented_method:
                continue
            outermost = implementation.__code__.co_filename
            assert outermost.endswith("tornado/web.py"), f"{handler.__name__}.{method.lower()} does not begin with @authenticated"


@pytest.mark.parametrize("path", ["_unmount_all", "files/out/new.txt", "mounts/out/_rename", "pfs/out/new.txt"])
async def test_a_change_needs_the_xsrf_cookie_of_a_logged_in_browser(jp_serverapp, http_server_client, jp_base_url, jp_auth_header, path):
    jp_serverapp.web_app.settings["disable_check_xsrf"] = False
    login = await http_server_client.fetch(url_path_join(jp_base_url, "lab"), headers=jp_auth_header, raise_error=False, follow_redirects=False)
    cookies = "; ".join(cookie.split(";")[0] for cookie in login.headers.get_list("Set-Cookie"))

    answer = await http_server_client.fetch(
        url_path_join(jp_base_url, "pachyderm/v2", path), method="PUT", body="{}", headers={"Cookie": cookies}, raise_error=False, follow_redirects=False
    )

    assert answer.code == 403


class TestWithoutUnauthenticatedAccess:
    """`c.ServerApp.allow_unauthenticated_access = False`."""

    @pytest.fixture
    def jp_server_config(self, jp_server_config):
        return {**jp_server_config, "ServerApp": {**jp_server_config["ServerApp"], "allow_unauthenticated_access": False}}

    async def test_the_token_opens_what_is_closed_without_it(self, api, http_server_client, jp_base_url):
        without = await http_server_client.fetch(url_path_join(jp_base_url, "pachyderm/v2/mounts"), raise_error=False, follow_redirects=False)

        assert without.code in (302, 403)
        assert (await api("GET", "mounts"))[0] == 200
