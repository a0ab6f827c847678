/** EXT-X-PRELOAD-HINT (rfc8216bis §4.4.5.3): what will be published next. */
import { attributeTag, bare, quoted } from './attribute-list.ts';

export function preloadHintTag(type: 'PART' | 'MAP', uri: string): string {
  return attributeTag('EXT-X-PRELOAD-HINT', { TYPE: bare(type), URI: quoted(uri) });
}
