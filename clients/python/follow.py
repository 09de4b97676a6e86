"""An integrator: follows one county's public events with a plain NATS client and the AsyncAPI document.

Usage: python follow.py nats://127.0.0.1:4222 docs/asyncapi.json
"""

import asyncio
import json
import sys

import nats
from jsonschema import Draft202012Validator, FormatChecker
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy


class Schemas:
    """Checks headers and data against the document."""

    def __init__(self, path: str) -> None:
        with open(path, encoding="utf-8") as file:
            components = json.load(file)["components"]
        self.headers = self.validator(components["schemas"]["headers"])
        self.data = {
            message["name"]: self.validator(message["payload"])
            for message in components["messages"].values()
        }

    @staticmethod
    def validator(schema):
        Draft202012Validator.check_schema(schema)
        return Draft202012Validator(schema, format_checker=FormatChecker())


async def everything(client):
    """Each message once, as a durable consumer gets it."""
    stream = client.jetstream()
    config = ConsumerConfig(
        durable_name="integrator",
        ack_policy=AckPolicy.EXPLICIT,
        deliver_policy=DeliverPolicy.ALL,
    )
    await stream.add_consumer("PUB", config)
    follower = await stream.pull_subscribe_bind(consumer="integrator", stream="PUB")
    pending = (await follower.consumer_info()).num_pending
    while pending:
        for message in await follower.fetch(min(pending, 100), timeout=10):
            await message.ack()
            yield message
        pending = (await follower.consumer_info()).num_pending


async def main(url: str, document: str) -> None:
    schemas = Schemas(document)
    client = await nats.connect(url)
    ids, kinds, partitions = set(), set(), {}
    sequence, position = 0, 0
    async for message in everything(client):
        headers, data = dict(message.headers), json.loads(message.data)
        schemas.headers.validate(headers)
        kind = headers["ce-type"]
        schemas.data[kind].validate(data)
        kinds.add(kind)

        sequence += 1
        assert message.metadata.sequence.stream == sequence, "a hole or a repetition"
        assert message.metadata.num_delivered == 1, "delivered twice"
        assert int(headers["ce-sequence"]) > position, "out of order"
        position = int(headers["ce-sequence"])
        assert headers["ce-id"] not in ids, "told twice"
        ids.add(headers["ce-id"])

        county6 = headers["ce-source"].rsplit("/", 1)[1]
        context, event = kind.split(".")[1:3]
        start, _, partition = message.subject.rpartition(".")
        assert start == f"bidao.{county6}.{context}.{event}", message.subject
        assert partitions.setdefault(headers["ce-subject"], partition) == partition
    for wanted in ("bidao.org.unit_added.v1", "bidao.policy.published.v1", "bidao.issue.registered.v1"):
        assert wanted in kinds, f"{wanted} was not told, only {sorted(kinds)}"
    await client.close()
    print(f"python integrator: ok, {sequence} events of {len(kinds)} kinds")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
