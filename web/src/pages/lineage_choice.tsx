import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { askThings } from '../api/questions';
import { useAnswer } from '../api/use_answer';
import { hrefOf } from '../base/location';
import { parseNodeId } from '../base/node_id';
import { Answered, Card, Empty, Name, TypeBadge } from '../ui/basics';

const SHOWN = 30;

/** Lineage of what? */
export function LineageChoice(): JSX.Element {
  const [text, setText] = useState('');
  const answer = useAnswer(text, (signal) => askThings({ q: text, limit: SHOWN }, signal));
  return (
    <div class="narrow">
      <h1>Lineage of what?</h1>
      <form class="search-bar" role="search" onSubmit={(event) => event.preventDefault()}>
        <label class="sr" for="lineage-of">
          A part of a name
        </label>
        <input id="lineage-of" type="search" value={text} placeholder="A part of a name" maxLength={500} onInput={(event) => setText(event.currentTarget.value)} />
      </form>
      <Card>
        <Answered answer={answer}>
          {({ things }) =>
            things.length === 0 ? (
              <Empty>No name has this in it.</Empty>
            ) : (
              <ul class="list">
                {things.map((entity) => {
                  const node = parseNodeId(entity.node);
                  return (
                    <li key={entity.node}>
                      <span class="node-link">
                        <TypeBadge type={node.type} />
                        <a href={hrefOf('lineage', entity.node)}>
                          <Name text={node.part === undefined ? node.name : `${node.name} › ${node.part}`} most={80} />
                        </a>
                      </span>
                      <span class="list-side dim">
                        <Name text={node.namespace} most={40} />
                      </span>
                    </li>
                  );
                })}
              </ul>
            )
          }
        </Answered>
      </Card>
    </div>
  );
}
