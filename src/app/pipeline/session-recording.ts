/** The recording of one event: hears what the program publishes and hands it to the recorder process. */
import { type Clock } from '../../core/clock.ts';
import {
  type CaptionRenditionSpec,
  type ClosedInit,
  type ClosedPart,
  type ClosedSegment,
  type ProgramRun,
  type ProgramSink,
  type RenditionSpec,
  type TakenFragment,
} from '../../hls/index.ts';
import { type RecordedEvent, type RecorderSupervisor } from '../../recording/index.ts';
import { type ProgramNews } from '../program/live-program.ts';
import { RecordedTracks } from './recorded-tracks.ts';

export interface SessionRecordingOptions {
  readonly webinarId: string;
  readonly sessionId: string;
  readonly title: string;
  readonly renditions: readonly RenditionSpec[];
  readonly captions: readonly CaptionRenditionSpec[];
  readonly recorder: RecorderSupervisor;
  readonly clock: Clock;
}

export class SessionRecording implements ProgramSink {
  readonly #options: SessionRecordingOptions;
  readonly #lastChange = new Map<RecordedEvent['type'], string>();
  readonly #tracks: RecordedTracks;

  constructor(options: SessionRecordingOptions) {
    this.#options = options;
    this.#tracks = new RecordedTracks(options.renditions);
  }

  begin(): void {
    const { webinarId, sessionId, title, captions, recorder, clock } = this.#options;
    recorder.send({
      type: 'begin',
      start: {
        webinarId,
        sessionId,
        title,
        startedAtMs: clock.wallMs(),
        renditions: this.#tracks.specs.map(({ renditionId, kind, peakBitsPerSec, video }) => ({
          renditionId,
          kind,
          peakBitsPerSec,
          ...video,
        })),
        captions: captions.map(({ language, name }) => ({ language, name })),
      },
    });
  }

  runBegan({ renditionIds }: Required<ProgramRun>): void {
    this.#tracks.beginRun(renditionIds);
  }

  initClosed(init: ClosedInit): void {
    const renditionId = this.#tracks.recordedIdOf(init.renditionId);
    if (renditionId === undefined) return;
    this.#options.recorder.send({
      type: 'init',
      sessionId: this.#options.sessionId,
      init: { ...init, renditionId },
    });
  }

  fragmentTaken(fragment: TakenFragment): void {
    const renditionId = this.#tracks.recordedIdOf(fragment.renditionId);
    if (renditionId === undefined) return;
    const { sessionId, recorder } = this.#options;
    recorder.offer({ type: 'fragment', sessionId, fragment: { ...fragment, renditionId } });
  }

  partClosed(part: ClosedPart): void {
    const renditionId = this.#tracks.recordedIdOf(part.renditionId);
    if (renditionId === undefined) return;
    const { isIndependent: _, ...recorded } = part;
    this.#options.recorder.send({
      type: 'part',
      sessionId: this.#options.sessionId,
      part: { ...recorded, renditionId },
    });
  }

  segmentClosed(segment: ClosedSegment): void {
    const renditionId = this.#tracks.recordedIdOf(segment.renditionId);
    if (renditionId === undefined) return;
    const { startTicks: _, ...recorded } = segment;
    this.#options.recorder.send({
      type: 'segment',
      sessionId: this.#options.sessionId,
      segment: { ...recorded, renditionId },
    });
  }

  /** Everything that belongs to the recording was told before: the mixer has stopped, the last part is closed. */
  programEnded(): void {
    const { recorder, sessionId, clock } = this.#options;
    recorder.send({ type: 'end', sessionId, endedAtMs: clock.wallMs() });
  }

  /** What viewers see from now on; noted when it is another than before. */
  programChanged(news: ProgramNews): void {
    const event = recordedChange(news);
    if (event === undefined) return;
    const { atMs: _, ...content } = event;
    const text = JSON.stringify(content);
    if (this.#lastChange.get(event.type) === text) return;
    this.#lastChange.set(event.type, text);
    this.event(event);
  }

  event(event: RecordedEvent): void {
    this.#options.recorder.send({ type: 'event', sessionId: this.#options.sessionId, event });
  }
}

function recordedChange(news: ProgramNews): RecordedEvent | undefined {
  if (news.type === 'layoutApplied')
    return { type: 'layoutChanged', atMs: news.atWallMs, name: news.name, participantIds: news.participantIds };
  if (news.type === 'sceneApplied') return { type: 'sceneChanged', atMs: news.atWallMs, scene: news.kind };
  return undefined;
}
