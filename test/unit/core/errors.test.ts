import { describe, expect, it } from 'vitest';
import { coreError, toRostrumError } from '../../../src/core/errors.ts';

describe('RostrumError', () => {
  it('toReply carries code, what happened and what to do, but not the cause', () => {
    const error = coreError('CORE_QUEUE_FULL', { cause: new Error('secret path'), details: { queue: 'x' } });
    expect(error.toReply()).toEqual({
      code: 'CORE_QUEUE_FULL',
      message: 'A bounded queue is full. Slow down and try again.',
      details: { queue: 'x' },
    });
    expect(error.retryable).toBe(true);
  });

  it('toRostrumError hides the text of unknown errors', () => {
    expect(toRostrumError(new Error('password is 123')).toReply().message).not.toContain('123');
  });

  it('toRostrumError returns coded errors as they are', () => {
    const error = coreError('CORE_CLOSED');
    expect(toRostrumError(error)).toBe(error);
  });
});
