/** Line icons drawn as SVG elements: no font, no image request, decorative for screen readers. */

const paths = {
  play: 'M8 5.500v13l11-6.500z',
  pause: 'M8 5v14M16 5v14',
  volume: 'M4 9.500v5h4l5 4v-13l-5 4zM16.500 9a4 4 0 0 1 0 6M19 6.500a8 8 0 0 1 0 11',
  muted: 'M4 9.500v5h4l5 4v-13l-5 4zM16.500 9.500l5 5M21.500 9.500l-5 5',
  fullscreen: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  cast: 'M3 9V5h18v14h-7M3 12.500a6.500 6.500 0 0 1 6.500 6.500M3 16a3 3 0 0 1 3 3',
  mic: 'M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zM5.500 11a6.500 6.500 0 0 0 13 0M12 17.500V21',
  micOff:
    'M15 9.500V6a3 3 0 0 0-6 0v5a3 3 0 0 0 4 2.800M5.500 11a6.500 6.500 0 0 0 10.500 5M18.500 11v1M12 17.500V21M3.500 3.500l17 17',
  camera: 'M3 7.500h12v9H3zM15 11l6-3.500v9L15 13',
  cameraOff: 'M8 7.500h7v7M15 11l6-3.500v9M13.500 16.500H3v-9h1.500M3.500 3.500l17 17',
  screen: 'M3 5h18v11H3zM8.500 20h7M12 16v4',
  screenOff: 'M7 5h14v11h-3M14.500 16H3V5M8.500 20h7M12 16v4M3.500 2.500l17 17',
  close: 'M6 6l12 12M18 6L6 18',
  hand: 'M8 12V5.500a1.500 1.500 0 0 1 3 0V11M11 11V4a1.500 1.500 0 0 1 3 0v7M14 11V5.500a1.500 1.500 0 0 1 3 0V14c0 4-2.500 7-6 7-2.500 0-4-1-5.500-3.500L3.500 14c-.8-1.500 1-2.700 2.200-1.500L8 15',
  chat: 'M4 5h16v11H10l-4 4v-4H4z',
  up: 'M12 19V5M6 11l6-6 6 6',
  down: 'M12 5v14M6 13l6 6 6-6',
  people:
    'M9 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM2.500 20c0-3.500 3-5.500 6.500-5.500s6.500 2 6.500 5.500M16 4.500a4 4 0 0 1 0 7M18 14.800c2.200.7 3.500 2.500 3.500 5.200',
  pin: 'M9 4h6l-1 6 3.500 4h-11L10 10zM12 14v6',
  speakerView: 'M3 5h18v9H3zM3 17h4v3H3zM10 17h4v3h-4zM17 17h4v3h-4z',
  layout: 'M3 5h12v14H3zM18 5h3v5h-3zM18 14h3v5h-3z',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M13 5v4M7 15v4',
  leave: 'M14 4h5v16h-5M4 12h10M10.500 8.500L14 12l-3.500 3.500',
  copy: 'M9 9h11v11H9zM15 9V4H4v11h5',
  check: 'M5 12.500l4.500 4.500L19 7.500',
  download: 'M12 4v11M7.500 11l4.500 4.500 4.500-4.500M5 20h14',
  shield: 'M12 3l7 3v5.500c0 4.500-3 7.500-7 9.500-4-2-7-5-7-9.500V6zM8.500 12l2.500 2.500 4.500-5',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg
      viewBox="0 0 24 24"
      fill={name === 'play' ? 'currentColor' : 'none'}
      stroke="currentColor"
      stroke-width="1.8"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}
