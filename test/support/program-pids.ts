/** The processes of the one live program of a server, told from the spare mixer and from decoders. */
import { hasRole, processTree } from './processes.ts';
import { type RostrumServer } from './rostrum-server.ts';
import { waitFor } from './wait-for.ts';

/** The mixer that makes the program, and its encoder: the spare has none. */
export async function programPids(server: RostrumServer): Promise<{ mixerPid: number; encoderPid: number }> {
  return waitFor('a mixer with an encoder', () => {
    for (const mixerPid of server.pidsOf('mixer')) {
      const encoder = processTree(mixerPid).find((info) => hasRole(info, 'ffmpeg') && info.args.includes('libx264'));
      if (encoder !== undefined) return { mixerPid, encoderPid: encoder.pid };
    }
    return undefined;
  });
}

/** Resolves when a mixer process waits for the next program or takeover. */
export async function spareIsReady(server: RostrumServer): Promise<void> {
  await waitFor(
    'a spare mixer',
    async () => (await (await fetch(`${server.baseUrl}/metrics`)).text()).includes('\nrostrum_mixer_spare_ready 1\n'),
    { deadlineMs: 30_000 },
  );
}
