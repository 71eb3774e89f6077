import { authHeaders, encodeQuery, type Query } from './client';
import type { Fact } from './types';

/** Cuts a stream of server-sent events into the data of each `record`. */
export class EventCutter {
  private rest = '';

  take(piece: string): string[] {
    this.rest += piece;
    const out: string[] = [];
    for (let end = this.rest.indexOf('\n\n'); end >= 0; end = this.rest.indexOf('\n\n')) {
      const event = this.rest.slice(0, end);
      this.rest = this.rest.slice(end + 2);
      const lines = event.split('\n');
      if (!lines.includes('event: record')) continue;
      const data = lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice(6));
      if (data.length > 0) out.push(data.join('\n'));
    }
    return out;
  }
}

const AGAIN_MS = 3000;

/** Tells facts as they come until `signal` ends it; connects again where the connection breaks. */
export async function followFacts(
  query: Query,
  signal: AbortSignal,
  onFact: (fact: Fact) => void,
  onState: (isOpen: boolean) => void,
): Promise<void> {
  let lastSeq = 0;
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    try {
      const asked = encodeQuery(lastSeq === 0 ? query : { ...query, from_seq: lastSeq + 1 });
      const response = await fetch(`/api/v1/records/live?${asked}`, { headers: authHeaders(), signal, credentials: 'omit' });
      if (response.status === 401 || response.status === 403) return;
      if (response.ok && response.body !== null) {
        onState(true);
        const cutter = new EventCutter();
        const decoder = new TextDecoder();
        const reader = response.body.getReader();
        let read = await reader.read();
        for (; read.value !== undefined; read = await reader.read()) {
          for (const data of cutter.take(decoder.decode(read.value, { stream: true }))) {
            const fact = JSON.parse(data) as Fact;
            lastSeq = fact.seq;
            onFact(fact);
          }
        }
      }
    } catch {
      // Broken or ended: the loop says which.
    }
    if (isOver()) return;
    onState(false);
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}
