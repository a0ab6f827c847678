/** Tables as types. Times are ms since the Unix epoch, as integers; booleans are 0 and 1. */
import { type ColumnType, type Insertable, type Selectable } from 'kysely';
import { type Role } from '../../signaling/protocol/index.ts';
import { type Visibility } from '../webinars/visibility.ts';

export interface WebinarTable {
  webinar_id: string;
  title: string;
  created_at_ms: number;
  is_demo: number;
  /** JSON array of `Language`. */
  languages: ColumnType<string, string | undefined, string>;
  /** The same, for captions. */
  captions: ColumnType<string, string | undefined, string>;
  visibility: ColumnType<Visibility, Visibility | undefined, Visibility>;
}

export interface RecordingTable {
  /** The session's id. */
  recording_id: string;
  webinar_id: string;
  title: string;
  started_at_ms: number;
  state: 'recording' | 'finishing' | 'ready' | 'failed';
  duration_ms: number | null;
  size_bytes: number | null;
  failure_code: string | null;
}

export interface ProgramSettingTable {
  webinar_id: string;
  /** JSON of `ProgramSettings`. */
  settings: string;
  logo_base64: string | null;
  background_base64: string | null;
}

export interface AttendanceTable {
  webinar_id: string;
  /** One per viewer page. */
  viewer_id: string;
  /** Null for who came by the public link. */
  display_name: string | null;
  first_seen_at_ms: number;
  last_seen_at_ms: number;
  watched_ms: number;
}

export interface StagePolicyTable {
  webinar_id: string;
  /** JSON of `StagePolicy`. */
  policy: string;
}

export interface ConversationRecordTable {
  webinar_id: string;
  /** From 1, by one within a webinar. */
  number: number;
  at_ms: number;
  person_id: string;
  person_name: string;
  role: Role;
  /** JSON of a `RecordBody`. */
  body: string;
}

export interface Schema {
  conversation_record: ConversationRecordTable;
  stage_policy: StagePolicyTable;
  attendance: AttendanceTable;
  program_setting: ProgramSettingTable;
  webinar: WebinarTable;
  recording: RecordingTable;
}

export type WebinarRow = Selectable<WebinarTable>;
export type RecordingRow = Selectable<RecordingTable>;
export type AttendanceRow = Selectable<AttendanceTable>;
export type NewRecordingRow = Insertable<RecordingTable>;
