import { describe, expect, it } from 'vitest';
import { ApiError, ApiUnreachableError, apiErrorFrom, isNotFound, unlessGone } from './errors.ts';

const call = { method: 'GET', path: '/api/v1/pods' };

describe('apiErrorFrom', () => {
  it('takes reason, code, message and delay from a Status', () => {
    const body = {
      kind: 'Status',
      code: 429,
      reason: 'TooManyRequests',
      message: 'slow\ndown',
      details: { retryAfterSeconds: 3 },
    };
    const error = apiErrorFrom(call, { code: 500, body });
    expect(error).toMatchObject({
      status: 429,
      reason: 'TooManyRequests',
      message: 'slow down',
      retryAfterSeconds: 3,
      ...call,
    });
  });

  it('finds a reason by the code where the answer is no Status', () => {
    const error = apiErrorFrom(call, { code: 404, body: '404 page not found\n' });
    expect(error).toMatchObject({ status: 404, reason: 'NotFound', message: '404 page not found' });
    expect(isNotFound(error)).toBe(true);
  });

  it('keeps reasons within a bounded set, whatever a webhook invents', () => {
    const body = { code: 403, reason: 'no entry: \n"x"', message: 'm' };
    expect(apiErrorFrom(call, { code: 403, body }).reason).toBe('Forbidden');
    expect(apiErrorFrom(call, { code: 418, body: null }).reason).toBe('UnexpectedStatus');
  });

  it.each([401, 404, 409, 429, 500])('a webhook’s denial with code %s is one', (code) => {
    const message = 'admission webhook "deny.example" denied the request: no policies here';
    const error = apiErrorFrom(call, { code, body: { code, message }, retryAfterHeader: '600' });
    expect(error).toMatchObject({ status: 403, reason: 'Forbidden', message });
    expect(error.retryAfterSeconds).toBeUndefined();
    expect(isNotFound(error)).toBe(false);
  });

  it.each([
    ['7', 7],
    ['0', 0],
    ['999999', 600],
    [new Date(Date.now() + 5_400).toUTCString(), 5],
    [new Date(Date.now() - 60_000).toUTCString(), 0],
  ])('reads Retry-After: %s', (retryAfterHeader, seconds) => {
    const error = apiErrorFrom(call, { code: 429, body: '', retryAfterHeader });
    expect(Math.abs((error.retryAfterSeconds ?? Number.NaN) - seconds)).toBeLessThanOrEqual(1);
  });

  it('has no delay where none was asked for, or none that can be read', () => {
    expect(apiErrorFrom(call, { code: 500, body: '' }).retryAfterSeconds).toBeUndefined();
    const odd = apiErrorFrom(call, { code: 500, body: '', retryAfterHeader: 'soon' });
    expect(odd.retryAfterSeconds).toBeUndefined();
  });

  it('shows what a webhook wrote for the terminal, and lets it do nothing there', () => {
    const message = 'denied: \u001b]0;owned\u0007\u009b31m\u202e\u2028again';
    expect(apiErrorFrom(call, { code: 403, body: { message } }).message).toBe(
      'denied: \\x1b]0;owned\\x07\\x9b31m\\u202e again',
    );
  });

  it('cuts a message to one line of bounded length', () => {
    const { message } = apiErrorFrom(call, { code: 500, body: `${'x\n'.repeat(5_000)}` });
    expect(message).toHaveLength(1_000);
    expect(message).not.toContain('\n');
  });
});

it('is an Error with its own name', () => {
  const error = apiErrorFrom(call, { code: 409, body: '' });
  expect(error).toBeInstanceOf(ApiError);
  expect(error.name).toBe('ApiError');
  expect(error.message).toBe('the API server answered 409');
});

describe('what is read unless it is gone', () => {
  it('is what is there', async () => {
    expect(await unlessGone(Promise.resolve('web'))).toBe('web');
  });

  it('is nothing where the API server says that it is not there', async () => {
    const gone = apiErrorFrom(call, { code: 404, body: '' });
    expect(await unlessGone(Promise.reject(gone))).toBeUndefined();
  });

  it.each([
    ['was there once', apiErrorFrom(call, { code: 410, body: '' })],
    ['may not be read', apiErrorFrom(call, { code: 403, body: '' })],
    ['cannot be reached', new ApiUnreachableError(call, 'ApiServerUnreachable', 'no way')],
  ])('is not known of what %s', async (_what, error) => {
    await expect(unlessGone(Promise.reject(error))).rejects.toBe(error);
  });
});
