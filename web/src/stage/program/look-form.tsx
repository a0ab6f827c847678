/** Theme, ticker, banner and logo of the program. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { BrandingSummary } from '../../../../src/signaling/protocol/index.ts';
import { Button } from '../../ui/components.tsx';
import { type ProgramHost } from './program-host.ts';
import { themeOptions } from './program-words.ts';

interface LookFormProps {
  readonly branding: BrandingSummary;
  readonly host: ProgramHost;
}

export function LookForm({ branding, host }: LookFormProps) {
  const file = useRef<HTMLInputElement>(null);
  return (
    <div class="look">
      <label class="field">
        Theme
        <select
          value={branding.theme}
          onChange={(event) => void host.setLook({ theme: { base: event.currentTarget.value } })}
        >
          {themeOptions.map(({ name, label }) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <TextLine
        label="Banner"
        shown={branding.banner}
        maxLength={200}
        onShow={(text) => void host.setLook({ banner: text === '' ? null : { text } })}
      />
      <TextLine
        label="Ticker"
        shown={branding.ticker}
        maxLength={1000}
        onShow={(text) => void host.setLook({ ticker: text === '' ? null : text })}
      />
      <div class="row">
        <input
          ref={file}
          type="file"
          class="visually-hidden"
          aria-label="Logo file"
          accept="image/png,image/jpeg,image/webp"
          tabIndex={-1}
          onChange={(event) => {
            const [chosen] = event.currentTarget.files ?? [];
            if (chosen !== undefined) void host.setLogo(chosen);
            // The same file again is a change again.
            event.currentTarget.value = '';
          }}
        />
        <Button label={branding.hasLogo ? 'Replace logo' : 'Add a logo'} onClick={() => file.current?.click()} />
        {branding.hasLogo && <Button label="Remove logo" onClick={() => void host.setLook({ logo: null })} />}
      </div>
    </div>
  );
}

interface TextLineProps {
  readonly label: string;
  /** What viewers see; empty for nothing. */
  readonly shown: string;
  readonly maxLength: number;
  readonly onShow: (text: string) => void;
}

function TextLine({ label, shown, maxLength, onShow }: TextLineProps) {
  const [text, setText] = useState(shown);
  // Another host may have changed it.
  useEffect(() => setText(shown), [shown]);
  const isSame = text.trim() === shown;
  return (
    <form
      class="text-line"
      onSubmit={(event) => {
        event.preventDefault();
        onShow(text.trim());
      }}
    >
      <label class="field">
        {label}
        <input type="text" value={text} maxLength={maxLength} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      {isSame && shown !== '' ? (
        <Button label="Hide" onClick={() => onShow('')} />
      ) : (
        <Button type="submit" label="Show" isDisabled={isSame} />
      )}
    </form>
  );
}
