/** A live event with somebody on stage, on a server of its own: what the recording bench records. */
import { createWebinar, goLive } from '../../test/support/api.ts';
import { type RostrumServer, startRostrumServer } from '../../test/support/rostrum-server.ts';
import { joinStage, type StagePerson } from '../../test/support/stage-person.ts';
import { type BenchContext } from './bench.ts';

export interface RecordedEvent {
  readonly server: RostrumServer;
  readonly webinarId: string;
  readonly person: StagePerson;
}

export async function startRecordedEvent({ defer }: BenchContext, dataDir: string): Promise<RecordedEvent> {
  const server = await startRostrumServer({ dataDir });
  defer(() => server.dispose());
  const webinar = await createWebinar(server, 'Recording bench');
  const person = await joinStage({ name: 'Host', identity: 3, toneHz: 440, url: webinar.host });
  defer(() => person.close());
  await goLive(server, webinar.webinarId, true);
  return { server, webinarId: webinar.webinarId, person };
}
