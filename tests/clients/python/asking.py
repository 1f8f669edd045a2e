"""Uses a running `asking`: the server asks the client, and announces changes."""

import asyncio
import uuid
from contextlib import AsyncExitStack

from checking import LEGACY, equal, wire
from mcp import types

DIARY = "diary://wait"
TOLD_SECONDS = 10
UPDATED, TOOLS_CHANGED = "notifications/resources/updated", "notifications/tools/list_changed"


class Asked:
    """Answers what the server asks, and keeps what it asked and announced."""

    def __init__(self):
        self.filled, self.asked, self.told, self.heard = None, [], [], asyncio.Condition()

    def callbacks(self):
        return {
            "elicitation_callback": self.elicit,
            "sampling_callback": self.sample,
            "list_roots_callback": self.list_roots,
            "message_handler": self.hear,
        }

    async def elicit(self, _, params):
        self.asked.append(("elicit", wire(params)))
        return types.ElicitResult(**self.filled)

    async def sample(self, _, params):
        self.asked.append(("sample", wire(params)))
        content = types.TextContent(type="text", text="grün")
        return types.CreateMessageResult(role="assistant", model="a-model", content=content)

    async def list_roots(self, _):
        self.asked.append(("roots", {}))
        return types.ListRootsResult(roots=[{"uri": "file:///one"}, {"uri": "file:///two", "name": "Two"}])

    async def hear(self, message):
        if hasattr(message, "model_dump"):
            async with self.heard:
                self.told.append(wire(message))
                self.heard.notify_all()

    def last(self, kind):
        """The only question since the last time."""
        [(found, params)], self.asked = self.asked, []
        equal(found, kind)
        return params

    def has(self, method):
        return any(message["method"] == method for message in self.told)

    async def next(self, method):
        """The params of the next announcement of this method."""
        async with asyncio.timeout(TOLD_SECONDS), self.heard:
            await self.heard.wait_for(lambda: self.has(method))
            at = [message["method"] for message in self.told].index(method)
            return self.told.pop(at).get("params", {})


async def use_asking(check, library, client, version, asked):
    legacy = version == LEGACY

    async def call(name, arguments=None, **options):
        return wire(await client.call_tool(name, arguments, **options))

    async def text(*args):
        return (await call(*args))["content"][0]["text"]

    async def tools():
        return [tool["name"] for tool in wire(await client.list_tools())["tools"]]

    async def diary():
        return wire(await client.read_resource(DIARY))["contents"][0]["text"]

    with check("tools that ask are listed"):
        equal((await tools())[:5], ["greet", "rhyme", "folders", "learn", "wait"])
    with check("a form that the person fills in"):
        asked.filled = {"action": "accept", "content": {"name": "Zoë"}}
        equal(await text("greet"), "Hello, Zoë!")
        question = asked.last("elicit")
        equal((question["message"], question["requestedSchema"]["required"]), ("Who are you?", ["name"]))
    with check("a form that the person declines, or dismisses"):
        for action in ["decline", "cancel"]:
            asked.filled = {"action": action}
            equal(await text("greet"), "Hello, stranger!")
            asked.last("elicit")
    with check("the client's model is asked"):
        equal(await text("rhyme", {"name": "schön"}), "grün")
        question = asked.last("sample")
        equal((question["messages"][0]["role"], question["maxTokens"]), ("user", 100))
        assert "What rhymes with schön?" in str(question["messages"])
    with check("the client's roots are asked for"):
        equal(await text("folders"), "file:///one file:///two")
        asked.last("roots")
    with check("an argument is completed"):
        prompt = library.reference("prompt", type="ref/prompt", name="poem")
        answer = wire(await client.complete(prompt, {"name": "name", "value": "A"}))
        equal(answer["completion"]["values"], ["Ada", "Alan"])

    async def learn(what):
        name = f"{what}-{uuid.uuid4()}"
        await call("learn", {"name": name})
        await asked.next(TOOLS_CHANGED)
        return name

    async with AsyncExitStack() as listening:
        with check("a resource is subscribed to"):
            if legacy:
                await client.subscribe_resource(DIARY)
            else:
                listen = client.listen(tools_list_changed=True, resource_subscriptions=[DIARY])
                honored = (await listening.enter_async_context(listen)).honored
                equal((honored.tools_list_changed, honored.resource_subscriptions), (True, [DIARY]))
        cancelling = "a call that is cancelled stops on the server, and the watched resource says so"
        if library.cancels:
            with check(cancelling):
                begun = asyncio.Event()

                async def progress(*_):
                    begun.set()

                waiting = asyncio.create_task(call("wait", {}, progress_callback=progress))
                async with asyncio.timeout(TOLD_SECONDS):
                    await begun.wait()
                waiting.cancel()
                equal((await asked.next(UPDATED))["uri"], DIARY)
                equal(await diary(), "given up")
        else:
            check.skip(cancelling, "this client says nothing when a call is given up")
        with check("a call that is not cancelled ends, and the watched resource says so"):
            equal(await text("wait"), "waited")
            equal((await asked.next(UPDATED))["uri"], DIARY)
            equal(await diary(), "waited")
        with check("a tool that is added is announced, listed and called"):
            name = await learn("added")
            assert name in await tools()
            equal(await text(name), "done")

    async with AsyncExitStack() as listening:
        with check("a resource that is no longer watched says nothing"):
            if legacy:
                await client.unsubscribe_resource(DIARY)
            else:
                await listening.enter_async_context(client.listen(tools_list_changed=True))
            await call("wait")
            # What is announced after it has arrived, so it would have.
            await learn("later")
            equal(asked.has(UPDATED), False)
