import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { askLatest } from '../api/questions';
import type { Entity } from '../api/types';
import { useAnswer } from '../api/use_answer';
import { shorten, visible } from '../base/text';
import { Answered, Card } from '../ui/basics';
import { Commands } from '../ui/copyable';
import { JsonView } from '../ui/json_view';

function RawKind(props: { node: string; kind: string }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const { node, kind } = props;
  const answer = useAnswer(isOpen ? `${kind} ${node}` : undefined, (signal) => askLatest(kind, node, signal));
  return (
    <Card
      title={shorten(visible(kind), 80)}
      side={
        <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Hide' : 'Show the newest record'}
        </button>
      }
    >
      {isOpen && (
        <>
          <Answered answer={answer}>{(fact) => <JsonView value={{ ...fact }} />}</Answered>
          <Commands
            path={`/api/v1/records/latest?kind=${encodeURIComponent(kind)}&node=${encodeURIComponent(node)}`}
            cli={['latest', kind, node, '--json']}
          />
        </>
      )}
    </Card>
  );
}

export function EntityRaw(props: { entity: Entity }): JSX.Element {
  return (
    <>
      {props.entity.kinds.map((kind) => (
        <RawKind key={kind} node={props.entity.node} kind={kind} />
      ))}
    </>
  );
}
