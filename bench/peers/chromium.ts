/** Peer: a page in Chromium on a virtual screen, grabbed and encoded by FFmpeg: what LiveKit egress, OpenVidu and Jibri do. */
import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { arrange } from '../../src/mixer/layout/arrange.ts';
import { runFfmpeg } from '../../test/support/decode-media.ts';
import { type SyntheticPanelist, roundSec } from '../lib/synthetic-panelist.ts';
import { ourX264Changes, outputFiles, type Peer, type PeerWork, type RunningPeer, x264ThreadCounts } from './peer.ts';
import { PeerProcesses } from './peer-process.ts';

export const chromiumPeer: Peer = {
  name: 'chromium',
  how: 'Xvfb, PulseAudio with a null sink, Chromium playing the same media from WebM files (no WebRTC), x11grab, FFmpeg',
  needs: { chromium: 'chromium', Xvfb: 'xvfb', pulseaudio: 'pulseaudio', ffmpeg: 'ffmpeg' },
  async start(work): Promise<RunningPeer> {
    const { directory, canvas, people } = work;
    const page = await writePage(work);
    const processes = new PeerProcesses();
    try {
      const socket = `${directory}/pulse.sock`;
      const home = `${directory}/home`;
      await mkdir(home);
      const sound = { HOME: home, XDG_RUNTIME_DIR: home, PULSE_SERVER: `unix:${socket}` };
      await processes.start('pulseaudio', pulseArguments(socket), { env: { HOME: home, XDG_RUNTIME_DIR: home } });
      const screen = `${canvas.width}x${canvas.height}x24`;
      const number = await processes.start(
        'Xvfb',
        ['-displayfd', '3', '-screen', '0', screen, '-nolisten', 'tcp', '-nocursor'],
        { readsFd3: true },
      );
      const display = `:${number}`;
      await processes.start('chromium', chromiumArguments(page, home, canvas), { env: { ...sound, DISPLAY: display } });
      const grab = grabArguments(work, display);
      await processes.start('ffmpeg', grab, { env: sound, endSignal: 'SIGINT' });
    } catch (error) {
      await processes.stop();
      throw error;
    }
    return {
      pids: processes.pids,
      outputs: outputFiles({ ...work, rungs: work.rungs }),
      assertRunning: () => processes.assertRunning(),
      stop: () => processes.stop(),
    };
    async function writePage(of: PeerWork): Promise<string> {
      for (const person of people) await writeWebm(person, of.seconds, videoFile(directory, person));
      writeFileSync(`${directory}/page.html`, pageHtml(of));
      return pathToFileURL(`${directory}/page.html`).href;
    }
  },
};

const videoFile = (directory: string, { identity }: SyntheticPanelist): string =>
  `${directory}/panelist-${identity}.webm`;

/** The same bytes as the RTP carries, round after round. */
async function writeWebm(person: SyntheticPanelist, seconds: number, file: string): Promise<void> {
  const { ivf, ogg } = person.files;
  writeFileSync(`${file}.ivf`, ivf);
  writeFileSync(`${file}.ogg`, ogg);
  const rounds = String(Math.ceil(seconds / roundSec));
  const input = (name: string): string[] => ['-stream_loop', rounds, '-i', name];
  await runFfmpeg(['-y', ...input(`${file}.ivf`), ...input(`${file}.ogg`), '-c', 'copy', file]);
}

/** The same places as ours, names below and a border around the one who speaks. Pure. */
export function pageHtml({ people, canvas }: Pick<PeerWork, 'people' | 'canvas'>): string {
  const tiles = arrange('spotlight', canvas, people.length).people.map(({ x, y, width, height }, index) => {
    const { identity } = people[index]!;
    const border = index === 0 ? 'outline:4px solid #3b82f6;outline-offset:-4px;' : '';
    return `<div style="left:${x}px;top:${y}px;width:${width}px;height:${height}px"><video autoplay loop src="panelist-${identity}.webm"></video><i style="${border}"></i><b>Panelist ${identity}</b></div>`;
  });
  return `<!doctype html><meta charset="utf-8"><style>
html,body{margin:0;background:#101418;overflow:hidden}
div{position:absolute;overflow:hidden}
video{width:100%;height:100%;object-fit:cover;display:block}
i{position:absolute;inset:0}
b{position:absolute;left:8px;bottom:8px;padding:2px 8px;font:500 18px sans-serif;color:#fff;background:#000a}
</style>${tiles.join('\n')}`;
}

function pulseArguments(socket: string): string[] {
  return [
    ...['-n', '--daemonize=no', '--exit-idle-time=-1', '--use-pid-file=no', '--log-level=error'],
    ...['-L', `module-native-protocol-unix auth-anonymous=1 socket=${socket}`],
    ...['-L', 'module-null-sink sink_name=program rate=48000 channels=2'],
  ];
}

/** The flags of LiveKit egress and Jibri that matter for cost; background work is off, in Chromium's favour. */
function chromiumArguments(page: string, home: string, { width, height }: PeerWork['canvas']): string[] {
  return [
    ...['--no-sandbox', '--disable-gpu', '--kiosk', '--no-first-run', '--no-default-browser-check'],
    ...['--autoplay-policy=no-user-gesture-required', '--allow-file-access-from-files', '--hide-scrollbars'],
    ...['--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-extensions'],
    ...['--disable-breakpad', '--disable-crash-reporter', '--disable-dev-shm-usage', '--password-store=basic'],
    ...['--disable-background-timer-throttling', '--disable-renderer-backgrounding', '--disable-infobars'],
    ...['--force-device-scale-factor=1', '--window-position=0,0', `--window-size=${width},${height}`],
    ...[`--user-data-dir=${home}/profile`, `--app=${page}`],
  ];
}

/** Pure. */
export function grabArguments(work: Omit<PeerWork, 'people' | 'seconds'>, display: string): string[] {
  const { canvas, rungs, audioBitsPerSec } = work;
  const files = outputFiles(work);
  return [
    ...['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'error', '-y'],
    ...['-thread_queue_size', '64', '-f', 'x11grab', '-draw_mouse', '0', '-framerate', String(canvas.frameRate)],
    ...['-video_size', `${canvas.width}x${canvas.height}`, '-i', display],
    ...['-thread_queue_size', '512', '-f', 'pulse', '-sample_rate', '48000', '-channels', '2', '-i', 'program.monitor'],
    ...['-filter_complex_threads', '1', '-filter_complex', ladderFilter(rungs)],
    ...rungs.flatMap(({ bitsPerSec }, index) => [
      ...['-map', `[v${index}]`, '-fps_mode', 'cfr', '-r', String(canvas.frameRate)],
      ...[...x264(work, bitsPerSec), '-f', 'mpegts', '-flush_packets', '1', files.video[index]!],
    ]),
    ...['-map', '1:a', '-c:a', 'aac', '-b:a', String(audioBitsPerSec), '-f', 'mpegts', '-flush_packets', '1'],
    files.audio,
  ];
}

function ladderFilter(rungs: PeerWork['rungs']): string {
  const chains = rungs.map(({ width, height }, index) => {
    const convert = ':flags=bilinear:out_color_matrix=bt709:out_range=tv,format=yuv420p';
    const from = index === 0 ? '0:v' : `s${index - 1}`;
    const to = index === rungs.length - 1 ? `[v${index}]` : `,split[v${index}][s${index}]`;
    return `[${from}]scale=${width}:${height}${convert}${to}`;
  });
  return chains.join(';');
}

function x264({ gopFrameCount, encoder }: Pick<PeerWork, 'gopFrameCount' | 'encoder'>, bitsPerSec: number): string[] {
  const gop = String(gopFrameCount);
  const changes = Object.entries(ourX264Changes).map(([name, value]) => `${name}=${value}`);
  return [
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-tune', 'zerolatency', '-profile:v', 'high'],
    ...['-threads', String(x264ThreadCounts[encoder]), '-g', gop, '-keyint_min', gop, '-sc_threshold', '0', '-bf', '0'],
    ...(encoder === 'ours' ? ['-x264-params', changes.join(':')] : []),
    ...['-crf', '21', '-maxrate', String(bitsPerSec), '-bufsize', String(bitsPerSec)],
  ];
}
