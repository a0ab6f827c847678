/** What one has to be allowed for each source. Apart from the schemas, which pages are not to load. */
import type { MediaSource } from './common.ts';
import type { Permission } from './permissions.ts';

export const permissionOfSource: Readonly<Record<MediaSource, Permission>> = {
  microphone: 'publishMicrophone',
  camera: 'publishCamera',
  screen: 'publishScreen',
  screenAudio: 'publishScreen',
};

export function mayPublish(permissions: readonly Permission[], source: MediaSource): boolean {
  return permissions.includes(permissionOfSource[source]);
}
