/** The manifest: what a recording is, which objects it has, and what it misses. Its presence means finished. */
import { z } from 'zod';
import { type RecordedEvent } from '../ports.ts';
import { type SpoolState } from '../spool/spool-state.ts';
import { type RecordingTimeline } from './timeline.ts';

export const manifestFormatVersion = 1;

const sec = z.number();
const wallMs = z.number();

export const manifestSchema = z.object({
  formatVersion: z.literal(manifestFormatVersion),
  /** Version of the software that finished the recording. */
  softwareVersion: z.string(),
  recordingId: z.string(),
  webinarId: z.string(),
  title: z.string(),
  /** Wall times, ms since the Unix epoch. */
  startedAtMs: wallMs,
  endedAtMs: wallMs,
  finishedAtMs: wallMs,
  /** `recovered`: no end was announced; the recorder finished it after a restart. */
  endCause: z.enum(['ended', 'recovered']),
  durationSec: sec,
  /** Wall time of recording time 0; undefined when nothing was recorded. */
  mediaStartedAtMs: wallMs.optional(),
  /** Sum over all objects but the manifest. */
  sizeBytes: z.number().int(),
  renditions: z.array(
    z.object({
      renditionId: z.string(),
      kind: z.enum(['video', 'audio']),
      codec: z.string().optional(),
      width: z.number().optional(),
      height: z.number().optional(),
      frameRate: z.number().optional(),
      /** Recording time; undefined when nothing of it was recorded. */
      startSec: sec.optional(),
      endSec: sec.optional(),
      segmentCount: z.number().int(),
      runCount: z.number().int(),
      /** Segments that miss their last parts. */
      tornSegmentCount: z.number().int(),
      peakBitsPerSec: z.number().optional(),
      averageBitsPerSec: z.number().optional(),
      playlist: z.string().optional(),
    }),
  ),
  /** Progressive MP4 files; more than one only when the encoder's parameters changed on the way. */
  mp4Files: z.array(
    z.object({
      name: z.string(),
      /** Recording time of its first picture. */
      startSec: sec,
      durationSec: sec,
      streams: z.array(
        z.object({
          kind: z.string(),
          codec: z.string(),
          startSec: sec,
          durationSec: sec,
          frameCount: z.number().int(),
        }),
      ),
    }),
  ),
  /** Names are relative to `recordings/<webinarId>/<recordingId>/`. */
  objects: z.array(
    z.object({
      name: z.string(),
      key: z.string(),
      contentType: z.string(),
      sizeBytes: z.number().int(),
      sha256: z.string(),
    }),
  ),
  gaps: z.array(
    z.object({
      startSec: sec,
      endSec: sec,
      startAtMs: wallMs,
      endAtMs: wallMs,
      lostMs: z.number(),
      cause: z.string(),
      renditionIds: z.array(z.string()),
    }),
  ),
  interruptions: z.array(z.object({ atMs: wallMs, atSec: sec, cause: z.string() })),
  participants: z.array(
    z.object({
      participantId: z.string(),
      displayName: z.string(),
      role: z.string(),
      /** `leftAtMs` is missing for those who stayed to the end. */
      visits: z.array(z.object({ joinedAtMs: wallMs, leftAtMs: wallMs.optional(), joinedAtSec: sec, leftAtSec: sec })),
    }),
  ),
  /** Who was the speaker, end to end; null for nobody. */
  speakers: z.array(
    z.object({
      participantId: z.string().nullable(),
      displayName: z.string().nullable(),
      startSec: sec,
      endSec: sec,
      startAtMs: wallMs,
      endAtMs: wallMs,
    }),
  ),
  /** What viewers were shown, from each change on. Missing in recordings made before it was noted. */
  shown: z
    .array(
      z.object({
        atMs: wallMs,
        atSec: sec,
        /** `live` is the stage, everything else a slate. */
        scene: z.string(),
        /** Null while nobody was on stage. */
        layout: z.string().nullable(),
        /** In the order of the tiles. */
        participantIds: z.array(z.string()),
      }),
    )
    .default([]),
  /** Slides, questions, polls. Missing in recordings made before there were marks. */
  marks: z
    .array(
      z.object({
        markId: z.string(),
        kind: z.string(),
        atMs: wallMs,
        endAtMs: wallMs,
        atSec: sec,
        endSec: sec,
        attributes: z.record(z.string(), z.string()),
      }),
    )
    .default([]),
  /** Text for viewers; its objects are below `objects`. Missing in recordings made before there were captions. */
  captions: z
    .array(
      z.object({
        language: z.string(),
        name: z.string(),
        cueCount: z.number().int(),
        /** WebVTT in recording time, beside the MP4. */
        file: z.string(),
        playlist: z.string(),
      }),
    )
    .default([]),
});

export type RecordingManifest = z.output<typeof manifestSchema>;
type Participant = RecordingManifest['participants'][number];

export function buildParticipants(state: SpoolState, timeline: RecordingTimeline): Participant[] {
  const byId = new Map<string, Participant>();
  for (const event of sortByTime(state.events)) {
    if (event.type === 'participantJoined') {
      const { participantId, displayName, role } = event;
      const participant = byId.get(participantId) ?? { participantId, displayName, role, visits: [] };
      byId.set(participantId, participant);
      // A second join without a leave is a reconnect of someone who is still there.
      if (participant.visits.length > 0 && participant.visits.at(-1)?.leftAtMs === undefined) continue;
      const joinedAtSec = timeline.toRecordingSec(event.atMs);
      participant.visits.push({ joinedAtMs: event.atMs, joinedAtSec, leftAtSec: timeline.durationSec });
    } else if (event.type === 'participantLeft') {
      const visit = byId.get(event.participantId)?.visits.at(-1);
      if (visit === undefined || visit.leftAtMs !== undefined) continue;
      visit.leftAtMs = event.atMs;
      visit.leftAtSec = timeline.toRecordingSec(event.atMs);
    }
  }
  return [...byId.values()];
}

export function buildSpeakers(state: SpoolState, timeline: RecordingTimeline): RecordingManifest['speakers'] {
  const endAtMs = state.end?.endedAtMs ?? 0;
  const names = new Map(
    state.events.flatMap((event) =>
      event.type === 'participantJoined' ? [[event.participantId, event.displayName] as const] : [],
    ),
  );
  const changes = sortByTime(state.events).filter((event) => event.type === 'speakerChanged');
  const turns: RecordingManifest['speakers'] = [];
  for (const change of changes) {
    const last = turns.at(-1);
    if (last?.participantId === change.participantId) continue;
    const startSec = timeline.toRecordingSec(change.atMs);
    if (last !== undefined) Object.assign(last, { endSec: startSec, endAtMs: change.atMs });
    turns.push({
      participantId: change.participantId,
      displayName: change.participantId === null ? null : (names.get(change.participantId) ?? null),
      startSec,
      endSec: timeline.durationSec,
      startAtMs: change.atMs,
      endAtMs: Math.max(change.atMs, endAtMs),
    });
  }
  return turns;
}

export function buildShown(state: SpoolState, timeline: RecordingTimeline): RecordingManifest['shown'] {
  const shown: RecordingManifest['shown'] = [];
  let now = { scene: 'live', layout: null as string | null, participantIds: [] as readonly string[] };
  for (const event of sortByTime(state.events)) {
    if (event.type === 'layoutChanged') now = { ...now, layout: event.name, participantIds: event.participantIds };
    else if (event.type === 'sceneChanged') now = { ...now, scene: event.scene };
    else continue;
    shown.push({
      ...now,
      participantIds: [...now.participantIds],
      atMs: event.atMs,
      atSec: timeline.toRecordingSec(event.atMs),
    });
  }
  return shown;
}

export function buildInterruptions(state: SpoolState, timeline: RecordingTimeline): RecordingManifest['interruptions'] {
  const causes = [
    ...state.events.flatMap((event) =>
      event.type === 'programInterrupted' ? [{ atMs: event.atMs, cause: event.cause }] : [],
    ),
    ...state.restartedAtMs.map((atMs) => ({ atMs, cause: 'recorderRestarted' })),
    ...state.losses.map(({ atMs, cause }) => ({ atMs, cause })),
  ];
  return sortByTime(causes).map(({ atMs, cause }) => ({ atMs, atSec: timeline.toRecordingSec(atMs), cause }));
}

function sortByTime<T extends RecordedEvent | { atMs: number }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => a.atMs - b.atMs);
}
