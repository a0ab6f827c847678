/** EXT-X-MEDIA (rfc8216bis §4.4.6.1): an audio or subtitle rendition of a group. */
import { attributeTag, bare, quoted } from './attribute-list.ts';

export interface AudioMedia {
  readonly groupId: string;
  readonly name: string;
  /** BCP 47. */
  readonly language: string;
  readonly isDefault: boolean;
  readonly channels: number;
  readonly uri: string;
}

export function audioMediaTag(media: AudioMedia): string {
  return attributeTag('EXT-X-MEDIA', {
    TYPE: bare('AUDIO'),
    'GROUP-ID': quoted(media.groupId),
    NAME: quoted(media.name),
    LANGUAGE: quoted(media.language),
    DEFAULT: bare(media.isDefault ? 'YES' : 'NO'),
    AUTOSELECT: bare('YES'),
    CHANNELS: quoted(String(media.channels)),
    URI: quoted(media.uri),
  });
}

export interface SubtitlesMedia {
  readonly groupId: string;
  readonly name: string;
  /** BCP 47. */
  readonly language: string;
  readonly uri: string;
}

/** Off until the viewer, or the settings of the device, ask for them. */
export function subtitlesMediaTag(media: SubtitlesMedia): string {
  return attributeTag('EXT-X-MEDIA', {
    TYPE: bare('SUBTITLES'),
    'GROUP-ID': quoted(media.groupId),
    NAME: quoted(media.name),
    LANGUAGE: quoted(media.language),
    DEFAULT: bare('NO'),
    AUTOSELECT: bare('YES'),
    FORCED: bare('NO'),
    URI: quoted(media.uri),
  });
}
