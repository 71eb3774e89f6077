import type { JSX } from 'preact';

import { Card } from '../ui/basics';
import { Copyable } from '../ui/copyable';

const RECORD = '{"kind":"ingestion_volume","target":{"namespace":"crm","name":"public.orders"},"produced_at":"2026-01-10T05:00:00Z","producer_id":"me","payload":{"row_count":12}}';

/** What to try where nothing is known yet. */
export function FirstSteps(): JSX.Element {
  const address = location.origin;
  return (
    <div class="narrow">
      <h1>Nothing is known yet</h1>
      <p>Facts come from pipelines, loaders and scanners. Three ways to begin; this page shows them as they come.</p>
      <Card title="One record, by hand">
        <Copyable label="curl" text={`curl -s ${address}/api/v1/records -H 'Content-Type: application/json' -d '${RECORD}'`} />
      </Card>
      <Card title="Files that you have: records or OpenLineage events, JSON or JSON lines">
        <Copyable label="cairn" text="cairn ingest examples/shop" />
      </Card>
      <Card title="An OpenLineage client: Spark, Airflow, dbt, Flink">
        <Copyable label="openlineage.yml" text={`transport: {type: http, url: "${address}"}`} />
      </Card>
      <p>
        Everything that can be asked stands at <a href="/docs" data-outside>/docs</a>.
      </p>
    </div>
  );
}
