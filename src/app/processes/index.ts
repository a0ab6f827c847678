/** The only door of the processes that the application starts. */
export { createTurnServer, type TurnIceServer, type TurnServer, type TurnServerOptions } from './coturn.ts';
export { processErrorCatalog } from './errors.ts';
export { connectParent, type ParentChannel } from './parent-channel.ts';
export { createRoleProcess, type ProcessExit, type RoleProcess, type RoleProcessOptions } from './role-process.ts';
export { type TurnConfig, turnConfigSchema } from './turn-config.ts';
