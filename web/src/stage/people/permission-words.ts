/** Roles and permissions in words, and what follows from them on the page. Pure. */
import type { Permission, Role } from '../../../../src/signaling/protocol/index.ts';

export const roleWords: Readonly<Record<Role, string>> = {
  host: 'Host',
  coHost: 'Co-host',
  panelist: 'Panelist',
  captioner: 'Captioner',
  viewer: 'Viewer',
};

/** What a host can give and take one by one. */
export const grantable: readonly { readonly permission: Permission; readonly label: string }[] = [
  { permission: 'publishMicrophone', label: 'Microphone' },
  { permission: 'publishCamera', label: 'Camera' },
  { permission: 'publishScreen', label: 'Share screen' },
  { permission: 'admit', label: 'Let people in' },
  { permission: 'moderate', label: 'Mute and remove others' },
  { permission: 'changeLayout', label: 'Change the layout' },
  { permission: 'record', label: 'Start and end the event' },
];

/** With one permission given or taken. */
export function withPermission(
  permissions: readonly Permission[],
  permission: Permission,
  isGiven: boolean,
): Permission[] {
  const others = permissions.filter((one) => one !== permission);
  return isGiven ? [...others, permission] : others;
}
