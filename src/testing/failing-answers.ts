import { type Answer, sendStatus } from './scripted-api-server.ts';

/** How a request may fail, as the one who asks sees it. */
export interface FailingAnswer {
  what: string;
  /** `carriedOut`: what was asked is done, and only the answer is lost. */
  before: 'refused' | 'carriedOut';
  answer: Answer;
}

/** Every way in which the answer to a write may fail. */
export const FAILING_ANSWERS: readonly FailingAnswer[] = [
  refusal(409, 'Conflict'),
  refusal(403, 'Forbidden'),
  refusal(404, 'NotFound'),
  refusal(422, 'Invalid'),
  refusal(429, 'TooManyRequests'),
  refusal(500, 'InternalError'),
  {
    what: 'a connection that is reset',
    before: 'refused',
    answer: (response) => response.destroy(),
  },
  {
    what: 'an answer that is lost',
    before: 'carriedOut',
    answer: (response) => response.destroy(),
  },
];

function refusal(code: number, reason: string): FailingAnswer {
  const answer: Answer = (response) =>
    sendStatus(response, code, { reason, message: `refused with ${code}` });
  return { what: `${code}`, before: 'refused', answer };
}
