/** Peer: GStreamer's compositor and audiomixer, fed by the same RTP, encoding the same ladder. */
import { arrange } from '../../src/mixer/layout/arrange.ts';
import { freeUdpPort } from '../../test/support/free-port.ts';
import { startRtpReplay } from '../lib/rtp-replay.ts';
import { opusPacketMs, syntheticCamera } from '../lib/synthetic-panelist.ts';
import { ourX264Changes, outputFiles, type Peer, type PeerWork, type RunningPeer, x264ThreadCounts } from './peer.ts';
import { PeerProcesses } from './peer-process.ts';

export interface PanelistPorts {
  readonly video: number;
  readonly audio: number;
}

/** As long as our own playout delay. */
const jitterLatencyMs = 350;
const [videoPayloadType, audioPayloadType] = [96, 111];

export const gstreamerPeer: Peer = {
  name: 'gstreamer',
  how: 'rtpjitterbuffer, vp8dec, compositor, audiomixer, x264enc, voaacenc in one gst-launch; no names, borders or loudness',
  needs: {
    'gst-launch-1.0':
      'gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly',
  },
  async start(work): Promise<RunningPeer> {
    const ports: PanelistPorts[] = [];
    for (const _ of work.people) ports.push({ video: await freeUdpPort(), audio: await freeUdpPort() });
    const processes = new PeerProcesses();
    await processes.start('gst-launch-1.0', ['-q', '-e', ...pipelineArguments(work, ports)], { endSignal: 'SIGINT' });
    const replays = work.people.flatMap((person, index) => {
      const { video, audio } = ports[index]!;
      const unitMs = 1000 / syntheticCamera.frameRate;
      const startMs = (unitMs * index) / work.people.length;
      const camera = { ssrc: 1000 + index, payloadType: videoPayloadType, units: person.videoUnits };
      const microphone = { ssrc: 2000 + index, payloadType: audioPayloadType, units: person.audioUnits };
      return [
        startRtpReplay(video, [{ ...camera, unitMs, unitTicks: 90_000 / syntheticCamera.frameRate, startMs }]),
        startRtpReplay(audio, [{ ...microphone, unitMs: opusPacketMs, unitTicks: 48 * opusPacketMs, startMs }]),
      ];
    });
    return {
      pids: processes.pids,
      outputs: outputFiles(work),
      assertRunning: () => processes.assertRunning(),
      // Packets come until the end: without them nothing would be flushed.
      stop: async () => {
        await processes.stop();
        for (const replay of replays) replay.close();
      },
    };
  },
};

/** Pure; elements and links as gst-launch takes them. */
export function pipelineArguments(work: Omit<PeerWork, 'seconds'>, ports: readonly PanelistPorts[]): string[] {
  const { people, canvas, rungs, audioBitsPerSec } = work;
  const files = outputFiles(work);
  const tiles = arrange('spotlight', canvas, people.length).people;
  const places = tiles.flatMap(({ x, y, width, height }, index) =>
    Object.entries({ xpos: x, ypos: y, width, height }).map(([name, value]) => `sink_${index}::${name}=${value}`),
  );
  const picture = `video/x-raw,format=I420,width=${canvas.width},height=${canvas.height},framerate=${canvas.frameRate}/1`;
  const lines = [
    `compositor name=canvas background=black ${places.join(' ')} ! ${picture} ! tee name=size0`,
    ...rungs.map((rung, index) => {
      const next = rungs[index + 1];
      const encoder = `size${index}. ! queue ! ${x264(work, rung.bitsPerSec)} ! h264parse ! mpegtsmux ! filesink location=${files.video[index]!}`;
      if (next === undefined) return encoder;
      const scaled = `video/x-raw,width=${next.width},height=${next.height},pixel-aspect-ratio=1/1`;
      return `${encoder} size${index}. ! queue ! videoscale ! ${scaled} ! tee name=size${index + 1}`;
    }),
    `audiomixer name=sound ! audio/x-raw,rate=48000,channels=2 ! audioconvert ! voaacenc bitrate=${audioBitsPerSec} ! aacparse ! mpegtsmux ! filesink location=${files.audio}`,
    ...ports.map(({ video, audio }, index) =>
      [
        `udpsrc port=${video} buffer-size=4194304 caps=${caps('video', 90_000, 'VP8', videoPayloadType)}`,
        `! rtpjitterbuffer latency=${jitterLatencyMs} ! rtpvp8depay ! vp8dec ! queue ! canvas.sink_${index}`,
        `udpsrc port=${audio} caps=${caps('audio', 48_000, 'OPUS', audioPayloadType)}`,
        `! rtpjitterbuffer latency=${jitterLatencyMs} ! rtpopusdepay ! opusdec ! audioconvert ! audioresample ! queue ! sound.`,
      ].join(' '),
    ),
  ];
  return lines.flatMap((line) => line.split(' '));
}

function caps(media: string, clockRateHz: number, encoding: string, payloadType: number): string {
  return `application/x-rtp,media=${media},clock-rate=${clockRateHz},encoding-name=${encoding},payload=${payloadType}`;
}

/** `pass=qual` is constant quality below the ceiling, as ours. */
function x264({ gopFrameCount, encoder }: Pick<PeerWork, 'gopFrameCount' | 'encoder'>, bitsPerSec: number): string {
  const changes = encoder === 'ours' ? Object.entries(ourX264Changes).map(([name, value]) => `:${name}=${value}`) : [];
  const options = `keyint=${gopFrameCount}:min-keyint=${gopFrameCount}:scenecut=0${changes.join('')}`;
  return [
    `x264enc speed-preset=veryfast tune=zerolatency threads=${x264ThreadCounts[encoder]} bframes=0 key-int-max=${gopFrameCount}`,
    `pass=qual quantizer=21 bitrate=${Math.round(bitsPerSec / 1000)} vbv-buf-capacity=1000 option-string=${options}`,
    '! video/x-h264,profile=high',
  ].join(' ');
}
