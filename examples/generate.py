#!/usr/bin/env python3
"""Writes examples/shop: 30 nights of a small shop's warehouse, as its jobs would report them.

The same bytes on every machine: nothing is drawn from a clock or a random generator, noise comes from a hash. What
happens in those 30 nights is told in README.md beside this file.
"""

import gzip
import hashlib
import io
import json
import pathlib
import sys
import uuid
from datetime import datetime, timedelta

HERE = pathlib.Path(__file__).resolve().parent / "shop"
FIRST_NIGHT = datetime(2026, 1, 1, 2, 0)
NIGHTS = 30
ARCHIVED_NIGHTS = 14  # their events are in the gzip file

# What happens, by night (1 is January 1).
COUPON_NIGHT = 12  # crm public.orders gains coupon_code
AMOUNT_NIGHT = 21  # payments public.charges: amount_cents becomes amount, and build.fct_payments still reads the former
ANOMALY_NIGHT = 26  # the web shop's collector loses most of its clicks

WEB = "s3://shop-web"
PRODUCER = "https://shop.example/nightly/2.4"
SPEC = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/"
FACET_VERSIONS = {
    "columnLineage": "1-2-0/ColumnLineageDatasetFacet",
    "dataQualityAssertions": "1-1-0/DataQualityAssertionsDatasetFacet",
    "dataSource": "1-0-1/DatasourceDatasetFacet",
    "documentation": "1-1-0/DocumentationDatasetFacet",
    "errorMessage": "1-0-1/ErrorMessageRunFacet",
    "jobDocumentation": "1-1-0/DocumentationJobFacet",
    "jobOwnership": "1-0-1/OwnershipJobFacet",
    "jobType": "2-0-4/JobTypeJobFacet",
    "nominalTime": "1-0-1/NominalTimeRunFacet",
    "outputStatistics": "1-0-2/OutputStatisticsOutputDatasetFacet",
    "ownership": "1-0-1/OwnershipDatasetFacet",
    "parent": "1-2-0/ParentRunFacet",
    "schema": "1-2-0/SchemaDatasetFacet",
    "sql": "1-1-0/SQLJobFacet",
    "tags": "1-0-0/TagsDatasetFacet",
}

# Columns as `name type`, before any change. A table is (namespace, name).
TABLES = {
    ("crm", "public.customers"): "customer_id bigint, email text, country text, created_at timestamp",
    ("crm", "public.orders"): "order_id bigint, customer_id bigint, status text, ordered_at timestamp",
    ("crm", "public.order_items"): "order_id bigint, product_id bigint, quantity integer, price numeric",
    ("crm", "public.products"): "product_id bigint, title text, category text, price numeric",
    ("payments", "public.charges"): "charge_id bigint, order_id bigint, amount_cents integer, charged_at timestamp",
    ("payments", "public.refunds"): "refund_id bigint, charge_id bigint, amount_cents integer, refunded_at timestamp",
    (WEB, "clickstream"): "visitor text, url text, referrer text, at timestamp",
    ("warehouse", "staging.customers"): "customer_id bigint, email_hash text, country text, created_at timestamp",
    ("warehouse", "staging.orders"): "order_id bigint, customer_id bigint, status text, ordered_at timestamp",
    ("warehouse", "staging.order_items"): "order_id bigint, product_id bigint, quantity integer, price numeric",
    ("warehouse", "staging.products"): "product_id bigint, title text, category text, price numeric",
    ("warehouse", "staging.charges"): "charge_id bigint, order_id bigint, amount_cents integer, charged_at timestamp",
    ("warehouse", "staging.refunds"): "refund_id bigint, charge_id bigint, amount_cents integer, refunded_at timestamp",
    ("warehouse", "staging.clicks"): "visitor text, url text, referrer text, at timestamp",
    ("warehouse", "staging.sessions"): "session_id text, visitor text, started_at timestamp, clicks integer",
    ("warehouse", "mart.dim_customer"): "customer_id bigint, country text, first_order date, orders integer",
    ("warehouse", "mart.dim_product"): "product_id bigint, title text, category text",
    ("warehouse", "mart.fct_orders"): "order_id bigint, customer_id bigint, day date, items integer, value numeric",
    ("warehouse", "mart.fct_payments"): "order_id bigint, day date, paid numeric, refunded numeric",
    ("warehouse", "mart.fct_sessions"): "session_id text, customer_id bigint, day date, clicks integer",
    ("warehouse", "mart.daily_revenue"): "day date, orders integer, revenue numeric, refunded numeric",
    ("warehouse", "mart.customer_value"): "customer_id bigint, orders integer, paid numeric, last_order date",
    ("warehouse", "mart.funnel"): "day date, sessions integer, orders integer, conversion numeric",
    ("warehouse", "report.revenue_by_day"): "day date, category text, revenue numeric",
    ("warehouse", "report.top_products"): "product_id bigint, title text, sold integer",
    ("warehouse", "report.churn_risk"): "customer_id bigint, risk numeric",
    ("warehouse", "report.marketing"): "day date, conversion numeric, value_per_visit numeric",
}

# Job -> (the tables it reads, the table it writes, rows on a weekday, minutes). In the order they run.
JOBS = {
    "load.customers": (["crm public.customers"], "staging.customers", 2_400, 3),
    "load.orders": (["crm public.orders"], "staging.orders", 9_300, 5),
    "load.order_items": (["crm public.order_items"], "staging.order_items", 24_800, 7),
    "load.products": (["crm public.products"], "staging.products", 5_150, 2),
    "load.charges": (["payments public.charges"], "staging.charges", 9_050, 4),
    "load.refunds": (["payments public.refunds"], "staging.refunds", 410, 2),
    "load.clicks": ([WEB + " clickstream"], "staging.clicks", 182_000, 14),
    "stage.sessions": (["staging.clicks"], "staging.sessions", 31_500, 6),
    "build.dim_customer": (["staging.customers", "staging.orders"], "mart.dim_customer", 61_000, 5),
    "build.dim_product": (["staging.products"], "mart.dim_product", 5_150, 2),
    "build.fct_orders": (["staging.orders", "staging.order_items"], "mart.fct_orders", 9_300, 6),
    "build.fct_payments": (["staging.charges", "staging.refunds", "staging.orders"], "mart.fct_payments", 9_000, 6),
    "build.fct_sessions": (["staging.sessions", "mart.dim_customer"], "mart.fct_sessions", 31_500, 5),
    "build.daily_revenue": (["mart.fct_orders", "mart.fct_payments"], "mart.daily_revenue", 365, 3),
    "build.customer_value": (["mart.dim_customer", "mart.fct_orders", "mart.fct_payments"], "mart.customer_value",
                             58_000, 8),
    "build.funnel": (["mart.fct_sessions", "mart.fct_orders"], "mart.funnel", 365, 3),
    "publish.revenue": (["mart.daily_revenue", "mart.dim_product"], "report.revenue_by_day", 4_380, 2),
    "publish.top_products": (["mart.fct_orders", "mart.dim_product"], "report.top_products", 100, 1),
    "publish.churn": (["mart.customer_value"], "report.churn_risk", 58_000, 4),
    "publish.marketing": (["mart.funnel", "mart.customer_value"], "report.marketing", 365, 2),
}

# Late by the failure; the last one was not run that day at all.
HIT_BY_FAILURE = ["build.fct_payments", "build.daily_revenue", "build.customer_value", "publish.revenue",
                  "publish.churn"]
NOT_RUN_AFTER_FAILURE = "publish.marketing"
HIT_BY_ANOMALY = {"load.clicks": 0.07, "stage.sessions": 0.08, "build.fct_sessions": 0.08}
SAME_ROWS = {"build.funnel", "build.daily_revenue", "publish.revenue", "publish.top_products", "publish.marketing"}

OWNERS = {"load": "team:platform", "stage": "team:web", "build": "team:analytics", "publish": "team:finance"}
FORMULAS = {  # Output column <- input columns, sent with the event of every night.
    "mart.dim_customer": {"country": ["staging.customers.country"], "orders": ["staging.orders.order_id"]},
    "mart.fct_orders": {
        "order_id": ["staging.orders.order_id"],
        "value": ["staging.order_items.quantity", "staging.order_items.price"],
    },
    "mart.fct_payments": {"paid": ["staging.charges.amount_cents"], "refunded": ["staging.refunds.amount_cents"]},
    "mart.daily_revenue": {"revenue": ["mart.fct_payments.paid"], "orders": ["mart.fct_orders.order_id"]},
    "report.revenue_by_day": {"revenue": ["mart.daily_revenue.revenue"], "category": ["mart.dim_product.category"]},
}


def noise(*key):
    """A number in [0, 1) that depends on the key alone."""
    digest = hashlib.sha256("/".join(map(str, key)).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def stamp(time):
    return time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03d}Z"


def line(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False) + "\n"


def table(text):
    namespace, _, name = text.rpartition(" ")
    return (namespace or "warehouse", name)


def columns(key, night):
    """The table's columns as (name, type), as they stood that night."""
    name = key[1]
    out = [tuple(column.split(" ")) for column in TABLES[key].split(", ")]
    if name in ("public.orders", "staging.orders", "mart.fct_orders") and night >= COUPON_NIGHT:
        out.append(("coupon_code", "text"))
    if name in ("public.charges", "staging.charges") and night >= AMOUNT_NIGHT:
        out = [("amount", "numeric(12,2)") if column == "amount_cents" else (column, kind) for column, kind in out]
    return out


def rows(job, night):
    """Rows written: fewer on weekends, slowly growing, a little uneven."""
    base = JOBS[job][2]
    if job in SAME_ROWS:
        return base
    weekday = (FIRST_NIGHT + timedelta(days=night - 1)).weekday()
    value = base * (1 + 0.004 * night) * (0.95 + 0.1 * noise("rows", job, night))
    if job.startswith(("load.", "stage.", "build.fct")) and job != "load.products":
        value *= 0.72 if weekday >= 5 else 1
    if night == ANOMALY_NIGHT:
        value *= HIT_BY_ANOMALY.get(job, 1)
    return int(value)


def facet(key, **content):
    version = FACET_VERSIONS[key]
    url = f"https://openlineage.io/spec/facets/{version}.json#/$defs/{version.split('/')[1]}"
    return {"_producer": PRODUCER, "_schemaURL": url, **content}


def run_id(job, night, attempt):
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{PRODUCER}/{job}/{night}/{attempt}"))


def schema_fields(key, night):
    return [{"name": name, "type": kind} for name, kind in columns(key, night)]


def column_lineage(output, night):
    fields = {}
    for column, sources in FORMULAS[output].items():
        inputs = []
        for source in sources:
            name, _, field = source.rpartition(".")
            if name == "staging.charges" and night >= AMOUNT_NIGHT:
                field = "amount"
            inputs.append({"namespace": "warehouse", "name": name, "field": field,
                           "transformations": [{"type": "DIRECT", "subtype": "TRANSFORMATION"}]})
        fields[column] = {"inputFields": inputs}
    return facet("columnLineage", fields=fields)


def output_dataset(job, night):
    key = table(JOBS[job][1])
    facets = {"schema": facet("schema", fields=schema_fields(key, night))}
    if key[1] in FORMULAS:
        facets["columnLineage"] = column_lineage(key[1], night)
    dataset = {"namespace": key[0], "name": key[1], "facets": facets}
    # The loaders report their volumes as records of their own, see loads.jsonl.
    if not job.startswith("load."):
        count = rows(job, night)
        dataset["outputFacets"] = {"outputStatistics": facet("outputStatistics", rowCount=count, size=count * 48)}
    return dataset


def input_dataset(job, text, night):
    namespace, name = table(text)
    dataset = {"namespace": namespace, "name": name}
    if job == "build.fct_orders" and name == "staging.orders":
        checks = [{"assertion": "not_null", "column": "customer_id", "success": True},
                  {"assertion": "unique", "column": "order_id", "success": True}]
        dataset["inputFacets"] = {"dataQualityAssertions": facet("dataQualityAssertions", assertions=checks)}
    return dataset


def event(kind, job, night, attempt, time, facets, outputs=()):
    inputs = [input_dataset(job, text, night) for text in JOBS[job][0]] if job in JOBS and kind != "START" else []
    return {
        "eventType": kind,
        "eventTime": stamp(time),
        "run": {"runId": run_id(job, night, attempt), "facets": facets},
        "job": {"namespace": "shop", "name": job},
        "inputs": inputs,
        "outputs": list(outputs),
        "producer": PRODUCER,
        "schemaURL": SPEC + "RunEvent",
    }


def run_facets(job, night):
    day = FIRST_NIGHT + timedelta(days=night - 1)
    facets = {"nominalTime": facet("nominalTime", nominalStartTime=stamp(day))}
    if job != "nightly":
        facets["parent"] = facet("parent", run={"runId": run_id("nightly", night, 1)},
                                 job={"namespace": "shop", "name": "nightly"})
    return facets


class Night:
    """The runs of one night, in two lanes as the scheduler runs them: a job starts when its inputs stand."""

    def __init__(self, night):
        self.night = night
        self.begin = FIRST_NIGHT + timedelta(days=night - 1)
        self.events = []  # (time, order, event)
        self.spans = {}  # job -> (start, end) of the run that completed
        self.written = {}  # table -> when it stood
        self.simulate()

    def add(self, time, value):
        self.events.append((time, len(self.events), value))

    def minutes(self, job, attempt):
        return JOBS[job][3] * (0.8 + 0.5 * noise("minutes", job, self.night, attempt))

    def start(self, job, earliest):
        ready = max([earliest] + [self.written[table(text)] for text in JOBS[job][0] if table(text) in self.written])
        return ready + timedelta(seconds=1 + 20 * noise("start", job, self.night))

    def run(self, job, start, attempt):
        end = start + timedelta(minutes=self.minutes(job, attempt))
        self.add(start, event("START", job, self.night, attempt, start, run_facets(job, self.night)))
        self.add(end, event("COMPLETE", job, self.night, attempt, end, {}, [output_dataset(job, self.night)]))
        self.spans[job] = (start, end)
        self.written[table(JOBS[job][1])] = end
        return end

    def fail(self, job, start):
        end = start + timedelta(seconds=19)
        message = facet("errorMessage", programmingLanguage="SQL",
                        message='column "amount_cents" does not exist in staging.charges (build/fct_payments.sql:7)')
        self.add(start, event("START", job, self.night, 1, start, run_facets(job, self.night)))
        self.add(end, event("FAIL", job, self.night, 1, end, {"errorMessage": message}))
        return end

    def simulate(self):
        failed = self.night == AMOUNT_NIGHT
        self.add(self.begin, event("START", "nightly", self.night, 1, self.begin, run_facets("nightly", self.night)))
        late = HIT_BY_FAILURE + [NOT_RUN_AFTER_FAILURE] if failed else []
        ends = [self.run(job, self.start(job, self.begin), 1) for job in JOBS if job not in late]
        if failed:
            ends.append(self.fail("build.fct_payments", self.start("build.fct_payments", self.begin)))
        end = max(ends) + timedelta(seconds=2)
        self.add(end, event("FAIL" if failed else "COMPLETE", "nightly", self.night, 1, end, {}))
        if failed:  # repaired by hand in the morning
            repaired = self.begin.replace(hour=9, minute=41)
            for job in HIT_BY_FAILURE:
                self.run(job, self.start(job, repaired), 2 if job == "build.fct_payments" else 1)


def target(key, second_spelling):
    """A table as the record's sender spells it: both are one thing to Cairn."""
    namespace, name = key
    if not second_spelling:
        return {"namespace": namespace, "name": name}
    schema, _, short = name.partition(".")
    return {"source_id": namespace, "schema": schema, "table": short, "extras": {"host": namespace + ".shop.example"}}


def record(kind, key, time, producer, payload, context=None, **more):
    out = {"kind": kind, "target": target(key, key[0] == "payments"), "produced_at": stamp(time),
           "producer_id": producer}
    if context:
        out["context"] = context
    return {**out, "payload": payload, **more}


def load_records(night):
    """What the loaders say of each source table: how much, how long, and whether it adds up."""
    for job, (start, end) in night.spans.items():
        if not job.startswith("load."):
            continue
        source = table(JOBS[job][0][0])
        count = rows(job, night.night)
        context = {"run_id": run_id(job, night.night, 1), "job_id": job, "namespace": "shop",
                   "environment": "production"}
        window = {"window_start": stamp(night.begin - timedelta(hours=26)),
                  "window_end": stamp(night.begin - timedelta(hours=2))}
        yield record("ingestion_volume", source, end, "loader.v2", {"row_count": count, "byte_count": count * 61},
                     context, extras=window)
        seconds = round((end - start).total_seconds(), 3)
        runtime = {"duration_seconds": seconds, "attempts": 1}
        yield record("ingestion_runtime", source, end, "loader.v2", runtime, context)
        if job in ("load.orders", "load.charges"):
            missing = 3 if (job, night.night) == ("load.charges", AMOUNT_NIGHT) else 0
            payload = {"check": "row_count", "source_rows": count + missing, "target_rows": count,
                       "passed": missing == 0}
            yield record("recon_result", source, end + timedelta(seconds=8), "recon.v1", payload, context,
                         quality={"confidence": 0.98})


def schema_records():
    """What the catalog scanner says: one record where a source table's columns differ from the scan before."""
    for night in range(1, NIGHTS + 1):
        for key in TABLES:
            if key[0] in ("crm", "payments") and (night == 1 or columns(key, night) != columns(key, night - 1)):
                time = FIRST_NIGHT + timedelta(days=night - 1, hours=-1)
                yield record("schema_snapshot", key, time, "catalog.v1", {"fields": schema_fields(key, night)},
                             version=f"2026-01-{night:02d}")


def job_events():
    """What stands in the job's repository, without any run: what it is for, whose it is, its SQL."""
    for job, (inputs, output, _, _) in JOBS.items():
        stage = job.partition(".")[0]
        reads = ", ".join(table(text)[1] for text in inputs)
        facets = {
            "documentation": facet("jobDocumentation", description=f"Writes {output} from {reads}."),
            "ownership": facet("jobOwnership", owners=[{"name": OWNERS[stage], "type": "MAINTAINER"}]),
            "jobType": facet("jobType", processingType="BATCH", integration="SHOP", jobType="TASK"),
        }
        if stage in ("build", "publish"):
            names = ", ".join(name for name, _ in columns(table(output), 1))
            query = f"INSERT INTO {output} ({names}) SELECT {names} FROM {' NATURAL JOIN '.join(inputs)}"
            facets["sql"] = facet("sql", query=query, dialect="postgres")
        yield {
            "eventTime": stamp(FIRST_NIGHT - timedelta(hours=9)),
            "job": {"namespace": "shop", "name": job, "facets": facets},
            "inputs": [dict(zip(("namespace", "name"), table(text))) for text in inputs],
            "outputs": [dict(zip(("namespace", "name"), table(output)))],
            "producer": PRODUCER,
            "schemaURL": SPEC + "JobEvent",
        }


def customers_event():
    """One DatasetEvent: what people wrote about a table."""
    namespace, name = "crm", "public.customers"
    facets = {
        "documentation": facet("documentation", description="Everyone who ever opened an account. One row a person."),
        "ownership": facet("ownership", owners=[{"name": "team:crm", "type": "OWNER"},
                                                {"name": "user:ines", "type": "STEWARD"}]),
        "tags": facet("tags", tags=[{"key": "pii", "value": "true", "source": "USER"},
                                    {"key": "pii", "value": "true", "source": "USER", "field": "email"},
                                    {"key": "tier", "value": "gold", "source": "USER"}]),
        "dataSource": facet("dataSource", name="crm", uri="postgres://crm.shop.example:5432/crm"),
    }
    return {
        "eventTime": stamp(FIRST_NIGHT - timedelta(hours=8)),
        "dataset": {"namespace": namespace, "name": name, "facets": facets},
        "producer": PRODUCER,
        "schemaURL": SPEC + "DatasetEvent",
    }


def outputs():
    """Every file as {name: text}; a name ending in .gz is compressed when written."""
    nights = [Night(night) for night in range(1, NIGHTS + 1)]
    events = {night.night: [value for _, _, value in sorted(night.events, key=lambda e: e[:2])] for night in nights}
    loads = [value for night in nights for value in sorted(load_records(night), key=lambda r: r["produced_at"])]
    early = [value for night in range(1, ARCHIVED_NIGHTS + 1) for value in events[night]]
    late = [value for night in range(ARCHIVED_NIGHTS + 1, NIGHTS + 1) for value in events[night]]
    return {
        "customers.json": json.dumps(customers_event(), indent=2) + "\n",
        "events-01-14.jsonl.gz": "".join(map(line, early)),
        "events-15-30.jsonl": "".join(map(line, late)),
        "jobs.json": json.dumps(list(job_events()), indent=1) + "\n",
        "loads.jsonl": "".join(map(line, loads)),
        "schemas.jsonl": "".join(map(line, schema_records())),
    }


def compressed(text):
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", filename="", mtime=0) as stream:
        stream.write(text.encode())
    return out.getvalue()


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in outputs().items():
        (folder / name).write_bytes(compressed(text) if name.endswith(".gz") else text.encode())


if __name__ == "__main__":
    main()
