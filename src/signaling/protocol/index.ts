/** The only part of the server that web pages may import: message schemas that are also their types. */
export * from './audience.ts';
export * from './captions.ts';
export * from './common.ts';
export * from './conversation.ts';
export * from './marks.ts';
export * from './people.ts';
export * from './permission-of-source.ts';
export * from './permissions.ts';
export * from './program.ts';
export * from './rtp.ts';
export * from './stage.ts';
export * from './version.ts';
