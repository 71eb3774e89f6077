"""The example as committed is what generate.py makes, and holds what README.md tells."""

import gzip
import json
import unittest

import generate


def committed(name):
    data = (generate.HERE / name).read_bytes()
    return (gzip.decompress(data) if name.endswith(".gz") else data).decode()


def events():
    return [json.loads(text) for name in ("events-01-14.jsonl.gz", "events-15-30.jsonl")
            for text in committed(name).splitlines()]


class Example(unittest.TestCase):
    def test_committed_files_are_what_the_generator_makes(self):
        made = generate.outputs()
        self.assertEqual(sorted(path.name for path in generate.HERE.iterdir()), sorted(made))
        for name, text in made.items():
            # Compressed bytes differ between versions of zlib: what they hold counts.
            self.assertTrue(committed(name) == text, f"{name} differs: run examples/generate.py")

    def test_is_small_enough_to_commit(self):
        self.assertLess(sum(path.stat().st_size for path in generate.HERE.iterdir()), 1_500_000)

    def test_every_run_starts_once_and_ends_once(self):
        kinds = {}
        for event in events():
            kinds.setdefault(event["run"]["runId"], []).append(event["eventType"])
        self.assertEqual({tuple(sorted(pair)) for pair in kinds.values()}, {("COMPLETE", "START"), ("FAIL", "START")})
        self.assertEqual(len(kinds), 30 * 21)  # on the 21st one is there twice, one is missing

    def test_the_failure_makes_late_what_stands_on_it(self):
        day = [event for event in events() if event["eventTime"].startswith("2026-01-21")]
        failed = [event["job"]["name"] for event in day if event["eventType"] == "FAIL"]
        self.assertEqual(failed, ["build.fct_payments", "nightly"])
        late = {event["job"]["name"] for event in day if event["eventTime"] >= "2026-01-21T09"}
        self.assertEqual(late, set(generate.HIT_BY_FAILURE))
        self.assertNotIn("publish.marketing", {event["job"]["name"] for event in day})

    def test_two_source_tables_change_their_columns(self):
        snapshots = [json.loads(text) for text in committed("schemas.jsonl").splitlines()]
        changed = [(record["target"].get("name") or record["target"]["table"], record["version"])
                   for record in snapshots if record["version"] != "2026-01-01"]
        self.assertEqual(changed, [("public.orders", "2026-01-12"), ("charges", "2026-01-21")])

    def test_one_volume_is_out_of_line(self):
        low = []
        for record in map(json.loads, committed("loads.jsonl").splitlines()):
            if record["kind"] == "ingestion_volume" and record["target"].get("name") == "clickstream":
                if record["payload"]["row_count"] < 100_000:
                    low.append(record["produced_at"][:10])
        self.assertEqual(low, ["2026-01-26"])

    def test_no_input_is_read_before_it_was_written(self):
        for number in range(1, generate.NIGHTS + 1):
            night = generate.Night(number)
            for job, (start, _) in night.spans.items():
                for text in generate.JOBS[job][0]:
                    written = night.written.get(generate.table(text))
                    self.assertTrue(written is None or written <= start, (number, job, text))


if __name__ == "__main__":
    unittest.main()
