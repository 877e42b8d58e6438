"""Events pass through Jupyter as they happen."""

import asyncio
import json

import pytest
from conftest import SALES, eventually
from jupyter_server.utils import url_path_join
from tornado.httpclient import AsyncHTTPClient


@pytest.fixture
def extension_config(config_without_mount):
    return config_without_mount


@pytest.fixture
def events_url(http_server_port, jp_base_url):
    return f"http://127.0.0.1:{http_server_port[1]}{url_path_join(jp_base_url, 'pachyderm/v2/events')}"


async def test_an_event_arrives_while_the_connection_is_open(api, connected, events_url, jp_auth_header):
    received = bytearray()
    listening = asyncio.ensure_future(
        AsyncHTTPClient(force_instance=True).fetch(
            events_url, headers={**jp_auth_header, "Accept": "text/event-stream", "Accept-Encoding": "gzip"}, streaming_callback=received.extend, request_timeout=0
        )
    )
    await eventually(lambda: b"\n\n" in received)
    before = len(received)

    status, _ = await api("PUT", "_mount", {"mounts": [SALES]})

    assert status == 200
    await eventually(lambda: b"default_sales" in received[before:])
    assert not listening.done()
    assert received.startswith((b"event:", b"id:", b"data:", b"retry:", b":"))
    listening.cancel()


async def test_when_mount_server_is_away_the_listener_is_told_why(api, events_url, jp_auth_header, extension):
    await api("GET", "health")
    await extension.process.stop()

    answer = await AsyncHTTPClient(force_instance=True).fetch(events_url, headers=jp_auth_header, raise_error=False)

    assert answer.code == 503
    assert json.loads(answer.body)["code"] == "NO_MOUNT_SERVER"
