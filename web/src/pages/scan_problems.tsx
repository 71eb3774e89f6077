import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { askScanProblems } from '../api/scans';
import { useAnswer } from '../api/use_answer';
import { hrefOfNode } from '../base/location';
import { Answered, Card, Empty, Name, Time } from '../ui/basics';

/** Files that could not be read in whole or part, and why. */
export function ScanProblems(props: { turn: string }): JSX.Element {
  const [isQuarantine, setQuarantine] = useState(false);
  const [cursor, setCursor] = useState<string>();
  const answer = useAnswer(JSON.stringify([props.turn, isQuarantine, cursor]), (signal) => askScanProblems(isQuarantine, cursor, signal));
  return (
    <Card
      title="Problems"
      side={
        <label>
          <input
            type="checkbox"
            checked={isQuarantine}
            onChange={(event) => {
              setQuarantine(event.currentTarget.checked);
              setCursor(undefined);
            }}
          />{' '}
          Only the quarantine
        </label>
      }
    >
      <Answered answer={answer}>
        {(page) => (
          <>
            {page.files.length === 0 && <Empty>{isQuarantine ? 'No file is in quarantine.' : 'Every file could be read.'}</Empty>}
            {page.files.length > 0 && (
              <div class="scroll" role="region" aria-label="Problems" tabIndex={0}>
                <table>
                  <thead>
                    <tr>
                      <th scope="col">File</th>
                      <th scope="col">What</th>
                      <th scope="col">Why</th>
                      <th scope="col">Since</th>
                    </tr>
                  </thead>
                  <tbody>
                    {page.files.map((file) => (
                      <tr key={file.seq}>
                        <td>
                          <a href={hrefOfNode(file.node)}>
                            <Name text={file.path} most={100} />
                          </a>
                        </td>
                        <td>
                          <Name text={file.code} most={40} /> {file.quarantined && <span class="badge state-failed">quarantined</span>}
                        </td>
                        <td class="said">
                          <Name text={file.reason} most={300} />
                        </td>
                        <td>
                          <Time at={file.since} />
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )}
            {page.cursor !== undefined && (
              <button type="button" onClick={() => setCursor(page.cursor)}>
                Older problems
              </button>
            )}
          </>
        )}
      </Answered>
    </Card>
  );
}
