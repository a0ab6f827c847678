/** Everything that can go wrong with an object store. */
import { defineErrors, type ErrorCatalog, RostrumError } from '../../core/errors.ts';

export const objectStoreErrorCatalog = {
  STORE_REQUEST_FAILED: {
    fault: 'destination',
    retryable: true,
    httpStatus: 502,
    summary: 'The object store refused a request or did not answer.',
    fix: 'Look at the reason; section s3 of the configuration says how the store is reached.',
  },
  STORE_UNUSABLE: {
    fault: 'caller',
    retryable: false,
    httpStatus: 500,
    summary: 'The object store failed the test of writing, reading and deleting.',
    fix: 'Correct what is named and start again.',
  },
} as const satisfies ErrorCatalog;

export const objectStoreError = defineErrors(objectStoreErrorCatalog);

/** The store's own word for what went wrong, out of a STORE_REQUEST_FAILED: `NoSuchBucket`. */
export function reasonOf(error: unknown): string {
  return error instanceof RostrumError ? String(error.details?.['code']) : 'unknown';
}

/** Not allowed, or not there and not allowed to know that (no s3:ListBucket). */
export function isDenied(error: unknown): boolean {
  return ['AccessDenied', 'Forbidden'].includes(reasonOf(error));
}
