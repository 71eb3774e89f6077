"""Emits events with openlineage-python, as its users do: `emit_events.py URL sync|async RUNS`.

Prints each event as the client sends it, one a line. Exits with 1 where the client says that one was not delivered.
"""

import datetime
import sys
import uuid

from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import (DatasetEvent, InputDataset, Job, JobEvent, OutputDataset, Run, RunEvent,
                                         RunState, StaticDataset)
from openlineage.client.facet_v2 import schema_dataset
from openlineage.client.serde import Serde
from openlineage.client.transport.async_http import AsyncHttpConfig, AsyncHttpTransport
from openlineage.client.transport.http import HttpConfig, HttpTransport

PRODUCER = "https://example.com/producer"


def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat()


def events(runs):
    fields = [schema_dataset.SchemaDatasetFacetFields(name="id", type="int")]
    output = OutputDataset("db", "out:x/y.z", facets={"schema": schema_dataset.SchemaDatasetFacet(fields=fields)})
    job = Job("python", "load.é")
    for _ in range(runs):
        run = Run(runId=str(uuid.uuid4()))
        for state in (RunState.START, RunState.RUNNING, RunState.COMPLETE):
            yield RunEvent(eventType=state, eventTime=now(), run=run, job=job, producer=PRODUCER,
                           inputs=[InputDataset("db", "in")], outputs=[output])
    yield JobEvent(eventTime=now(), job=job, producer=PRODUCER, inputs=[InputDataset("db", "declared")])
    yield DatasetEvent(eventTime=now(), dataset=StaticDataset("db", "alone"), producer=PRODUCER)


def transport_of(url, kind):
    retry = {"total": 8, "backoff_factor": 0.2, "status_forcelist": [500, 502, 503, 504],
             "allowed_methods": ["HEAD", "POST"]}
    if kind == "async":
        return AsyncHttpTransport(AsyncHttpConfig.from_dict({"type": "async_http", "url": url}))
    return HttpTransport(HttpConfig.from_dict({"type": "http", "url": url, "compression": "gzip", "retry": retry}))


def main(url, kind, runs):
    transport = transport_of(url, kind)
    client = OpenLineageClient(transport=transport)
    for event in events(int(runs)):
        client.emit(event)
        print(Serde.to_json(event))
    closed = client.close(timeout=30)
    if kind == "async":
        stats = transport.get_stats()
        return 0 if closed and stats["failed"] == 0 and stats["pending"] == 0 else 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
