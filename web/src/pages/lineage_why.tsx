import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { askWhy, type Why } from '../api/questions';
import { useAnswer } from '../api/use_answer';
import { plural } from '../base/text';
import { Answered, Name, RunLink, Time } from '../ui/basics';

function Reasons(props: { why: Why }): JSX.Element {
  const { spans, reasons, total } = props.why;
  return (
    <div class="why">
      {spans.map((span, i) => (
        <div key={i}>
          {span.type} since <Time at={span.from} />
          {span.until !== undefined && (
            <>
              {' '}
              until <Time at={span.until} />
            </>
          )}
        </div>
      ))}
      <ul class="panel-list dim">
        {reasons.map((reason, i) => (
          <li key={i}>
            <Time at={reason.stated_at} />: <Name text={reason.rule} most={60} />
            {reason.run_id !== undefined && (
              <>
                {' '}
                of run <RunLink run={reason.run_id} />
              </>
            )}
          </li>
        ))}
      </ul>
      {total > reasons.length && <div class="dim">the newest of {plural(total, 'statement')}</div>}
    </div>
  );
}

/** The facts that state an edge, when they are asked for. */
export function EdgeWhy(props: { from: string; to: string }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const answer = useAnswer(isOpen ? JSON.stringify(props) : undefined, (signal) => askWhy(props.from, props.to, signal));
  return (
    <>
      <button type="button" class="quiet why-button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        why
      </button>
      {isOpen && <Answered answer={answer}>{(why) => <Reasons why={why} />}</Answered>}
    </>
  );
}
