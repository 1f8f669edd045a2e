#!/usr/bin/env python3
"""Uses a running `everything`, and a running `asking`, through the official Python client.

    check.py EVERYTHING-URL ASKING-URL

With `mcp` 2 in all three modes that it has: discovering, pinned to the modern
revision, and legacy. With `mcp` 1 in the only one.
"""

import asyncio
import base64
import logging
import sys
import urllib.error
import urllib.request
import warnings
from contextlib import asynccontextmanager
from datetime import timedelta

import mcp

from asking import Asked, use_asking
from checking import LEGACY, MODERN, Checks, equal, wire
from resume import resumes

CALLS_AT_ONCE = 50
SECONDS_PER_MODE = 60

# What the newest revision deprecates or removes is tested here all the same.
warnings.filterwarnings("ignore", message=".* as of 2026-07-28")


class Current:
    """`mcp` 2."""

    name = "2"
    modes = {"discovering": MODERN, "pinned": MODERN, "legacy": LEGACY}
    # Whether it tells the server that a call was given up.
    cancels = True

    @asynccontextmanager
    async def connect(self, url, mode, **callbacks):
        arguments = {"mode": {"discovering": "auto", "pinned": MODERN}.get(mode, mode)}
        async with mcp.Client(url, log_level="debug", **arguments, **callbacks) as client:
            yield client, {
                "version": client.protocol_version,
                # A client that was told the revision does not ask for the rest.
                "server": client.server_info and client.server_info.name or "everything",
                "instructions": client.instructions or mode == "pinned",
            }

    def seconds(self, seconds):
        return seconds

    def reference(self, kind, **members):
        return {
            "prompt": mcp.types.PromptReference,
            "resource": mcp.types.ResourceTemplateReference,
        }[kind](**members)


class Legacy(Current):
    """`mcp` 1."""

    name = "1"
    modes = {"legacy": LEGACY}
    cancels = False

    @asynccontextmanager
    async def connect(self, url, mode, **callbacks):
        from mcp.client.streamable_http import streamable_http_client

        async with streamable_http_client(url) as (read, write, session_id):
            async with mcp.ClientSession(read, write, **callbacks) as client:
                hello = await client.initialize()
                yield client, {
                    "version": hello.protocolVersion,
                    "server": hello.serverInfo.name,
                    "instructions": hello.instructions,
                }
                ended = session_id()
        equal(await asyncio.to_thread(status_of, url, ended), 404)

    def seconds(self, seconds):
        return timedelta(seconds=seconds)


def status_of(url, session):
    """What a ping in this session is answered with."""
    headers = {"Content-Type": "application/json", "Mcp-Session-Id": session, "MCP-Protocol-Version": LEGACY}
    body = b'{"jsonrpc":"2.0","id":1,"method":"ping"}'
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


async def use(check, library, client, hello, version, logged):
    with check("the revision is the one that was asked for"):
        equal(hello["version"], version)
    with check("the server says who it is and how to use it"):
        equal(hello["server"], "everything")
        assert hello["instructions"]

    with check("tools are listed"):
        tools = {tool["name"]: tool for tool in wire(await client.list_tools())["tools"]}
        equal(next(iter(tools)), "test_simple_text")
        equal(tools["add"]["outputSchema"]["required"], ["sum"])
        equal(tools["json_schema_2020_12_tool"]["inputSchema"]["$defs"]["address"]["$anchor"], "addressDef")

    async def call(name, arguments=None, **options):
        return wire(await client.call_tool(name, arguments, **options))

    with check("a tool without arguments"):
        equal((await call("test_simple_text"))["content"][0]["type"], "text")
    with check("a tool with arguments"):
        text = "grün \N{SNOWMAN} \"quoted\" \n" * 100
        equal((await call("echo", {"text": text}))["content"][0]["text"], text)
    with check("structured content"):
        equal((await call("add", {"a": 20, "b": 22}))["structuredContent"], {"sum": 42})
    with check("several kinds of content"):
        blocks = (await call("test_multiple_content_types"))["content"]
        equal([block["type"] for block in blocks], ["text", "image", "resource"])
        assert base64.b64decode(blocks[1]["data"]).startswith(b"\x89PNG")
    with check("an argument that is repeated in a header"):
        for value in ["plain", "grün", " blank ", "=?base64?eA==?="]:
            equal((await call("test_custom_header", {"value": value}))["content"][0]["text"], f"value is {value}")
    with check("a tool that fails"):
        equal((await call("test_error_handling"))["isError"], True)
    with check("arguments that do not fit"):
        answer = await call("echo", {"text": 1})
        equal(answer["isError"], True)
        assert "/text" in answer["content"][0]["text"]
    with check.fails("an unknown tool", -32602):
        await call("no_such_tool")
    with check.fails("a tool that panics", -32603):
        await call("panic")

    with check("progress"):
        seen = []

        async def progress(done, total, message):
            seen.append((done, total))

        await call("test_tool_with_progress", {}, progress_callback=progress)
        equal(seen, [(0, 100), (50, 100), (100, 100)])
    with check("log messages"):
        if version == LEGACY:
            await client.set_logging_level("info")
        logged.clear()
        await call("test_tool_with_logging", {})
        equal(logged, ["Tool execution started", "Tool processing data", "Tool execution completed"])
    with check("log messages above a level alone"):
        if version == LEGACY:
            await client.set_logging_level("error")
            logged.clear()
            await call("test_tool_with_logging", {})
            equal(logged, [])

    with check("resources are listed"):
        uris = [resource["uri"] for resource in wire(await client.list_resources())["resources"]]
        equal(uris, ["test://static-text", "test://static-binary", "test://watched-resource"])
        templates = wire(await client.list_resource_templates())["resourceTemplates"]
        equal(templates[0]["uriTemplate"], "test://template/{id}/data")
    with check("resources are read"):
        [text] = wire(await client.read_resource("test://static-text"))["contents"]
        equal((text["uri"], text["mimeType"]), ("test://static-text", "text/plain"))
        [binary] = wire(await client.read_resource("test://static-binary"))["contents"]
        assert base64.b64decode(binary["blob"]).startswith(b"\x89PNG")
        [record] = wire(await client.read_resource("test://template/123/data"))["contents"]
        equal(record["uri"], "test://template/123/data")
    with check.fails("an unknown resource", -32002 if version == LEGACY else -32602):
        await client.read_resource("test://nothing")

    with check("prompts are listed"):
        prompts = {prompt["name"]: prompt for prompt in wire(await client.list_prompts())["prompts"]}
        equal(len(prompts), 5)
        arguments = prompts["test_prompt_with_arguments"]["arguments"]
        equal([argument["name"] for argument in arguments], ["arg1", "arg2"])
    with check("prompts are written"):
        arguments = {"arg1": "one", "arg2": "two"}
        [message] = wire(await client.get_prompt("test_prompt_with_arguments", arguments))["messages"]
        equal(message["content"]["text"], "Prompt with arguments: arg1='one', arg2='two'")
    with check.fails("a prompt without its arguments", -32602):
        await client.get_prompt("test_prompt_with_arguments")

    with check("completion of a prompt's argument"):
        prompt = library.reference("prompt", type="ref/prompt", name="test_prompt_with_arguments")
        answer = wire(await client.complete(prompt, {"name": "arg1", "value": "test"}))
        equal(answer["completion"]["values"], ["test", "testValue1", "testing"])
    with check("completion of a template's variable"):
        template = library.reference("resource", type="ref/resource", uri="test://template/{id}/data")
        answer = wire(await client.complete(template, {"name": "id", "value": "12"}))
        equal(answer["completion"]["values"], ["123", "124"])

    if version == LEGACY:
        with check("ping"):
            await client.send_ping()

    with check("calls at once"):
        answers = await asyncio.gather(*(call("echo", {"text": str(n)}) for n in range(CALLS_AT_ONCE)))
        equal([answer["content"][0]["text"] for answer in answers], [str(n) for n in range(CALLS_AT_ONCE)])
    with check("a call given up after its time, and another after it"):
        try:
            await call("sleep", {"ms": 60_000}, read_timeout_seconds=library.seconds(0.2))
        except Exception as error:
            assert hasattr(error, "error"), repr(error)
        else:
            raise AssertionError("the call ended by itself")
        equal((await call("echo", {"text": "after"}))["content"][0]["text"], "after")


async def main(everything_url, asking_url):
    check = Checks()
    library = Current() if hasattr(mcp, "Client") else Legacy()
    for mode, version in library.modes.items():
        check.mode, logged, asked = f"{library.name}, {mode}", [], Asked()

        async def log(params):
            logged.append(params.data)

        with check("connects, and closes"):
            connection = library.connect(everything_url, mode, logging_callback=log)
            async with asyncio.timeout(SECONDS_PER_MODE), connection as (client, hello):
                await use(check, library, client, hello, version, logged)
        with check("asks, and announces"):
            connection = library.connect(asking_url, mode, **asked.callbacks())
            async with asyncio.timeout(SECONDS_PER_MODE), connection as (client, _):
                await use_asking(check, library, client, version, asked)
        resuming = "comes back to a call that was cut off"
        if version == LEGACY:
            with check(resuming):
                async with asyncio.timeout(SECONDS_PER_MODE):
                    await resumes(library, asking_url, mode)
        else:
            check.skip(resuming, "the modern revision has no resumption")
    print(f"{check.passed} passed, {check.failed} failed")
    return 1 if check.failed else 0


if __name__ == "__main__":
    # A call that was given up makes the library log, not fail.
    logging.disable(logging.CRITICAL)
    sys.exit(asyncio.run(main(*sys.argv[1:])))
