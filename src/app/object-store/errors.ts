/** Everything that can go wrong with an object store. */
import { defineErrors, type ErrorCatalog } from '../../core/errors.ts';

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
