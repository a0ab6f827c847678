/** Binds signaling's requests of hosts to the program control. */
import { type PeerRef, type ProgramDirector } from '../../signaling/index.ts';
import { type LayoutChange, type ProgramState, type Scene, type StageReplies } from '../../signaling/protocol/index.ts';
import { type Applied } from './live-program.ts';
import { type ProgramControl } from './program-control.ts';

export class StageDirector implements ProgramDirector {
  readonly #control: ProgramControl;

  constructor(control: ProgramControl) {
    this.#control = control;
  }

  describe(webinarId: string): Promise<ProgramState> {
    return this.#control.state(webinarId);
  }

  async setLayout({ webinarId, peerId }: PeerRef, change: LayoutChange): Promise<StageReplies['setLayout']> {
    return { applied: appliedLayout(await this.#control.setLayout(webinarId, change, peerId)) };
  }

  async setPinned(by: PeerRef, peerId: string, pinned: boolean): Promise<StageReplies['setPinned']> {
    return { applied: appliedLayout(await this.#control.setPinned(by.webinarId, { peerId, pinned }, by.peerId)) };
  }

  async setScene({ webinarId, peerId }: PeerRef, scene: Scene): Promise<StageReplies['setScene']> {
    const applied = await this.#control.setScene(webinarId, scene, peerId);
    if (applied === null) return { applied };
    const { frameIndex, mediaTimeSec, atWallMs } = applied;
    return { applied: { frameIndex, mediaTimeSec, atWallMs } };
  }
}

function appliedLayout(applied: Applied<'layoutApplied'> | null): StageReplies['setLayout']['applied'] {
  if (applied === null) return null;
  const { name, frameIndex, mediaTimeSec, atWallMs } = applied;
  return { name, frameIndex, mediaTimeSec, atWallMs };
}
