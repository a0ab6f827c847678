/** The few building blocks that every page shares. */
import { type ComponentChildren } from 'preact';
import iconUrl from './icon.svg';
import { Icon, type IconName } from './icons.tsx';

type Tone = 'plain' | 'ok' | 'warn' | 'bad' | 'live';

export function TopBar({ children }: { readonly children?: ComponentChildren }) {
  return (
    <header class="topbar">
      <a class="brand" href="/">
        <img src={iconUrl} alt="" width={28} height={28} />
        Rostrum
      </a>
      <span class="spacer" />
      {children}
    </header>
  );
}

interface ButtonProps {
  readonly label: string;
  readonly icon?: IconName;
  readonly tone?: 'primary' | 'danger';
  /** Only the icon is drawn; the label is read out and shown on hover. */
  readonly isIconOnly?: boolean;
  readonly isDisabled?: boolean;
  /** For switches: read out as pressed or not. */
  readonly isPressed?: boolean;
  readonly type?: 'button' | 'submit';
  readonly onClick?: () => void;
}

export function Button(props: ButtonProps) {
  const classes = ['button', props.tone, props.isIconOnly === true ? 'icon' : undefined];
  return (
    <button
      type={props.type ?? 'button'}
      class={classes.filter((name) => name !== undefined).join(' ')}
      disabled={props.isDisabled === true}
      aria-pressed={props.isPressed}
      aria-label={props.isIconOnly === true ? props.label : undefined}
      title={props.isIconOnly === true ? props.label : undefined}
      onClick={() => props.onClick?.()}
    >
      {props.icon !== undefined && <Icon name={props.icon} />}
      {props.isIconOnly !== true && props.label}
    </button>
  );
}

export function Badge({ tone, children }: { readonly tone?: Tone; readonly children: ComponentChildren }) {
  return <span class={tone === undefined || tone === 'plain' ? 'badge' : `badge ${tone}`}>{children}</span>;
}

/** A message in the page; bad news is read out at once, other news when there is a pause. */
export function Notice(props: { readonly tone: Tone; readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <div class={`notice ${props.tone}`} role={props.tone === 'bad' ? 'alert' : 'status'}>
      <strong>{props.title}</strong>
      {props.children !== undefined && <div>{props.children}</div>}
    </div>
  );
}

export function Spinner() {
  return <span class="spinner" aria-hidden="true" />;
}
