import { layOut, type LayoutAnswer, type LayoutQuestion } from './layout';

// Below this a worker would take longer to start than the work takes.
const HERE_MAX = 1200;

let worker: Worker | undefined;
let turn = 0;

/** In this thread where it is quick, else in a worker. */
export function layOutAnywhere(question: LayoutQuestion): Promise<LayoutAnswer> {
  if (question.widths.length + question.ends.length / 2 <= HERE_MAX) return Promise.resolve(layOut(question));
  worker ??= new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' });
  const own = worker;
  turn += 1;
  const asked = turn;
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      own.removeEventListener('message', onMessage);
      own.removeEventListener('error', onError);
    };
    const onMessage = (event: MessageEvent<{ turn: number; answer: LayoutAnswer }>): void => {
      if (event.data.turn !== asked) return;
      stop();
      resolve(event.data.answer);
    };
    const onError = (event: ErrorEvent): void => {
      stop();
      reject(new Error(event.message));
    };
    own.addEventListener('message', onMessage);
    own.addEventListener('error', onError);
    own.postMessage({ turn: asked, question });
  });
}
