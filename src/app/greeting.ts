/** What the person who typed `npm start` reads when everything runs. Pure. */
export interface GreetingOptions {
  readonly baseUrl: string;
  readonly demo:
    { readonly title: string; readonly host: string; readonly panelist: string; readonly viewer: string } | undefined;
  /** Only when it was made just now: it is never shown again. */
  readonly newApiKey: string | undefined;
  readonly isTurnReady: boolean;
  /** Of the encrypted listener, if there is one. */
  readonly tlsPort: number | undefined;
}

export function greeting({ baseUrl, demo, newApiKey, isTurnReady, tlsPort }: GreetingOptions): string {
  const lines = ['', `Rostrum is running: ${baseUrl}`];
  if (tlsPort !== undefined) lines.push(`Encrypted, with HTTP/2, on port ${tlsPort}.`);
  lines.push('');
  if (demo !== undefined) {
    lines.push(
      `A webinar is ready ("${demo.title}"). Open in a browser:`,
      `  host      ${demo.host}`,
      `  panelist  ${demo.panelist}`,
      `  viewer    ${demo.viewer}`,
      'Join as host, press "Go live", and watch as viewer.',
      '',
    );
  }
  if (newApiKey !== undefined) {
    lines.push(`API key (shown this once; recordings page and HTTP API): ${newApiKey}`, '');
  }
  if (!isTurnReady)
    lines.push('TURN is off: panelists behind strict firewalls cannot join (apt-get install coturn).', '');
  lines.push('Stop with Ctrl+C.');
  return lines.join('\n');
}
