/** Mixer input: RTP in, pictures and samples out, in time. */
export { createSourceBank, type InputBank } from './source-bank.ts';
export { mixerInputErrorCatalog } from './errors.ts';
