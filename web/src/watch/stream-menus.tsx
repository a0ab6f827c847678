/** The menus for size of the picture, language and captions: the browser's own, for keyboards and screen readers. */
import { qualityLabel } from './quality-label.ts';
import { isWorthAsking } from './stream-choices.ts';
import { type ViewerSession } from './viewer-session.ts';
import { type ViewerView } from './viewer-view.ts';

interface MenuProps {
  readonly session: ViewerSession;
  readonly view: ViewerView;
}

const automatic = 'auto';
const off = '';

export function QualityMenu({ session, view }: MenuProps) {
  const { heightsPx, chosenHeightPx } = view.choices;
  if (!isWorthAsking(heightsPx)) {
    return <span class="fact quality number">{qualityLabel(view.heightPx, view.bitrateBps)}</span>;
  }
  const current = view.heightPx > 0 && chosenHeightPx === undefined ? ` ${view.heightPx}p` : '';
  return (
    <select
      class="menu number"
      aria-label="Quality"
      title={`Quality: ${qualityLabel(view.heightPx, view.bitrateBps)}`}
      value={chosenHeightPx === undefined ? automatic : String(chosenHeightPx)}
      onChange={({ currentTarget: { value } }) => session.chooseHeight(value === automatic ? undefined : Number(value))}
    >
      <option value={automatic}>Auto{current}</option>
      {heightsPx.map((heightPx) => (
        <option key={heightPx} value={String(heightPx)}>
          {heightPx}p
        </option>
      ))}
    </select>
  );
}

export function LanguageMenu({ session, view }: MenuProps) {
  const { audioNames, chosenAudioName } = view.choices;
  if (!isWorthAsking(audioNames)) return null;
  return (
    <select
      class="menu language"
      aria-label="Language"
      title="Language"
      value={chosenAudioName ?? audioNames[0]}
      onChange={({ currentTarget: { value } }) => session.chooseAudio(value)}
    >
      {audioNames.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}

export function CaptionsMenu({ session, view }: MenuProps) {
  const { captions, chosenCaptions } = view.choices;
  if (captions.length === 0) return null;
  return (
    <select
      class={`menu captions ${chosenCaptions === undefined ? '' : 'on'}`}
      aria-label="Captions"
      aria-keyshortcuts="c"
      title="Captions (C)"
      value={chosenCaptions ?? off}
      onChange={({ currentTarget: { value } }) => session.chooseCaptions(value === off ? undefined : value)}
    >
      <option value={off}>CC off</option>
      {captions.map(({ language, name }) => (
        <option key={language} value={language} lang={language}>
          CC {name}
        </option>
      ))}
    </select>
  );
}
