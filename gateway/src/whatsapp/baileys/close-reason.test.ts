import { Boom } from '@hapi/boom';
import { describe, expect, it } from 'vitest';
import { closeReason } from './close-reason.ts';

describe('reading why a connection closed', () => {
  it.each([
    [new Boom('Stream Errored (conflict)', { statusCode: 401 }), 'stream', 401],
    [new Boom('Connection Failure', { statusCode: 403, data: { reason: '403' } }), 'login', 403],
    [new Boom('Intentional Logout', { statusCode: 401 }), 'unlinked', 401],
    [new Boom('Connection was lost', { statusCode: 408 }), 'transport', 408],
    [new Boom('WebSocket Error (socket hang up)', { statusCode: 500 }), 'transport', 500],
    [new Boom('QR refs attempts ended', { statusCode: 408 }), 'codes', 408],
    [new Error('anything else'), 'transport', null],
    [undefined, 'transport', null],
  ] as const)('%s is of kind %s', (error, kind, code) => {
    expect(closeReason(error)).toMatchObject({ kind, code });
  });

  it('takes the length of a temporary ban from the refusal', () => {
    const error = new Boom('Connection Failure', {
      statusCode: 402,
      data: { reason: '402', expire: '3600' },
    });
    expect(closeReason(error).banSeconds).toBe(3_600);
  });
});
