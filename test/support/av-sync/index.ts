/** Lip sync: a panelist who flashes and beeps, and the judge of what became of it. */
export * from './flash-beep.ts';
export * from './flash-beep-sender.ts';
export * from './sfu-panelist.ts';
export * from './skew-reader.ts';
export * from './sync-judge.ts';
export * from './sync-meter.ts';
export * from './tone-purity.ts';
