/** Interpreters whose language the running event does not carry: nobody hears them, and nothing else would say so. Pure. */
import { languageName } from '../lib/format.ts';
import { type Roster } from './roster.ts';

/** As the server's answers name it. */
export const unheardCode = 'WEBINAR_CHANNEL_NOT_CARRIED';

export interface UnheardNotice {
  readonly title: string;
  readonly fix: string;
}

/** Undefined when all are heard, or nothing runs yet. Everybody is told: any of them may tell the host. */
export function unheardNotice(roster: Roster, locales?: readonly string[]): UnheardNotice | undefined {
  const { channelIds, audioChannelId } = roster;
  if (channelIds === undefined) return undefined;
  const nameOf = (channelId: string) => languageName(channelId, locales);
  const isUnheard = (channelId: string | undefined): channelId is string =>
    channelId !== undefined && !channelIds.includes(channelId);
  const peers = roster.peers.filter((peer) => isUnheard(peer.audioChannelId));
  const others = peers.map(({ displayName, audioChannelId: id }) => `${displayName} (${nameOf(id!)})`);
  const unheard = isUnheard(audioChannelId) ? [`You (${nameOf(audioChannelId)})`, ...others] : others;
  if (unheard.length === 0) return undefined;
  return {
    title: `Viewers cannot hear: ${unheard.join(', ')}`,
    fix: `This event does not carry the language (${unheardCode}). End it and go live again once it is one of the webinar's languages.`,
  };
}
