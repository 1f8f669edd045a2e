"""A long call whose connection is cut in the middle: the client comes back to its
stream with Last-Event-ID, and the answer arrives all the same."""

import asyncio
import re
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from checking import equal, wire


async def resumes(library, url, mode):
    async with Proxy().before(url) as proxy, library.connect(proxy.url, mode) as (client, _):
        seen = []

        async def progress(done, *_):
            seen.append(done)

        proxy.cut_after_first_event = True
        answer = wire(await client.call_tool("wait", {}, progress_callback=progress))
        equal(answer["content"][0]["text"], "waited")
        equal(seen, [1, 2, 3, 4])
        equal((proxy.cuts, proxy.calls), (1, 1))
        equal(proxy.resumed_from, [proxy.last_id_before_cut])


class Proxy:
    """Passes bytes on, and cuts the connection of a `tools/call` once it was told to."""

    def __init__(self):
        self.cut_after_first_event, self.cuts, self.calls = False, 0, 0
        self.resumed_from, self.last_id_before_cut = [], None

    @asynccontextmanager
    async def before(self, url):
        self.target = urlsplit(url)
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{self.target.path}"
        try:
            yield self
        finally:
            server.close()

    async def serve(self, from_client, to_client):
        from_server, to_server = await asyncio.open_connection(self.target.hostname, self.target.port)
        here = Connection()

        def asked(request):
            self.resumed_from += re.findall(r"(?im)^last-event-id: *(.*?)\r$", request)
            if '"tools/call"' in request:
                self.calls += 1
                here.calling, here.answer = self.cut_after_first_event, ""

        def answered(answer):
            here.answer += answer
            ids = re.findall(r"(?m)^id: *(.*)\n(?:.+\n)*\n", here.answer)
            if here.calling and ids:
                self.cut_after_first_event = False
                self.cuts, self.last_id_before_cut = self.cuts + 1, ids[-1]
                raise ConnectionAbortedError

        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(passed_on(from_client, to_server, asked))
                both.create_task(passed_on(from_server, to_client, answered))
        except* ConnectionError:
            pass
        finally:
            to_client.close()
            to_server.close()


class Connection:
    """What was seen on one connection since its last call."""

    calling, answer = False, ""


async def passed_on(reader, writer, seen):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
        seen(data.decode("latin-1"))
    raise ConnectionResetError
