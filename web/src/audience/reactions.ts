/** Reactions as they are shown: which picture, and how many float at a time. Pure. */
import type { Reaction } from '../../../src/signaling/protocol/index.ts';

export const reactionSigns: Readonly<Record<Reaction, { readonly sign: string; readonly label: string }>> = {
  clap: { sign: '👏', label: 'Applause' },
  heart: { sign: '❤️', label: 'Heart' },
  laugh: { sign: '😄', label: 'Laugh' },
  wow: { sign: '😮', label: 'Wow' },
  thumbsUp: { sign: '👍', label: 'Thumbs up' },
  question: { sign: '❓', label: 'Confused' },
};

/** A crowd's applause must not hide the picture. */
const maxFloating = 12;

/** What floats for one second's counts: every kind that was used, the frequent ones more often. */
export function floatingSigns(counts: Readonly<Partial<Record<Reaction, number>>>): readonly string[] {
  const used = (Object.entries(counts) as [Reaction, number][]).filter(([, count]) => count > 0);
  const total = used.reduce((sum, [, count]) => sum + count, 0);
  return used
    .flatMap(([reaction, count]) => {
      const shownCount = total <= maxFloating ? count : Math.max(1, Math.floor((count / total) * maxFloating));
      return Array.from({ length: shownCount }, () => reactionSigns[reaction].sign);
    })
    .slice(0, maxFloating);
}
