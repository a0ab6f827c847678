/** The one status line of the stage: what is wrong with the connection, if anything. Pure. */

/** `replaced`: the same person is on stage in another window. */
export type StagePhase = 'pre-join' | 'joining' | 'joined' | 'reconnecting' | 'left' | 'replaced' | 'refused';
/** How a transport is doing, from its recovery. */
export type LinkHealth = 'healthy' | 'unsteady' | 'restarting' | 'rebuilding';

export interface StageStatus {
  readonly tone: 'ok' | 'warn' | 'bad';
  readonly text: string;
}

export function stageStatus(phase: StagePhase, send: LinkHealth, recv: LinkHealth): StageStatus | undefined {
  if (phase === 'joining') return { tone: 'warn', text: 'Joining the stage' };
  if (phase === 'reconnecting') return { tone: 'bad', text: 'Connection lost. Rejoining by itself.' };
  if (phase !== 'joined') return undefined;
  if (isBroken(send)) return { tone: 'bad', text: 'Others may not hear or see you. Reconnecting your media.' };
  if (isBroken(recv)) return { tone: 'warn', text: 'Getting sound and pictures of the others back.' };
  if (send === 'unsteady' || recv === 'unsteady') return { tone: 'warn', text: 'The connection is unsteady.' };
  return undefined;
}

function isBroken(health: LinkHealth): boolean {
  return health === 'restarting' || health === 'rebuilding';
}
