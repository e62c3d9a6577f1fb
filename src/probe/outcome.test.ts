import { describe, expect, it } from 'vitest';
import { outcomeOf } from './outcome.ts';

describe('outcomeOf', () => {
  it.each([
    ['connected', 4, 'open'],
    ['ECONNREFUSED', 4, 'refused'],
    ['ECONNRESET', 6, 'open'],
    ['EPIPE', 4, 'open'],
    ['ETIMEDOUT', 4, 'filtered'],
    ['EHOSTUNREACH', 4, 'unreachable'],
    ['ENETUNREACH', 6, 'unreachable'],
    ['EHOSTDOWN', 4, 'unreachable'],
    ['ENONET', 4, 'unreachable'],
    ['ENOPROTOOPT', 4, 'unreachable'],
    ['EOPNOTSUPP', 4, 'unreachable'],
    ['EPROTO', 6, 'unreachable'],
    ['EMFILE', 4, 'shortage-of-process'],
    ['ENFILE', 4, 'shortage-of-process'],
    ['ENOBUFS', 4, 'shortage-of-process'],
    ['ENOMEM', 4, 'shortage-of-process'],
    ['EADDRNOTAVAIL', 6, 'shortage-of-target'],
    ['EADDRINUSE', 4, 'shortage-of-target'],
    ['EAGAIN', 4, 'shortage-of-target'],
    ['EPERM', 4, 'error'],
    ['EAFNOSUPPORT', 6, 'error'],
    ['ESOMETHINGNEW', 4, 'error'],
    ['self-connection', 4, 'try-again'],
    ['no-peer', 4, 'try-again'],
  ])('reads %s on IPv%i as %s', (result, family, outcome) => {
    expect(outcomeOf(result, family)).toBe(outcome);
  });

  it('reads EACCES as an administrative prohibition on IPv6 and as local trouble on IPv4', () => {
    expect(outcomeOf('EACCES', 6)).toBe('unreachable');
    expect(outcomeOf('EACCES', 4)).toBe('error');
  });
});
