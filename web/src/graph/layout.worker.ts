import { layOut, type LayoutQuestion } from './layout';

// Big graphs are laid out here, so that the page stays awake.
addEventListener('message', (event: MessageEvent<{ turn: number; question: LayoutQuestion }>) => {
  const answer = layOut(event.data.question);
  (self as unknown as Worker).postMessage({ turn: event.data.turn, answer }, [
    answer.x.buffer,
    answer.y.buffer,
    answer.bends.buffer,
    answer.starts.buffer,
  ]);
});
