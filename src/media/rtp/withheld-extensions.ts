/** RTP header extensions (RFC 8285) that are negotiated with nobody, and not listened to when they come all the same. */

/**
 * With abs-capture-time mediasoup 3.27 waits for capture times that Chromium does not send and a simulcast consumer
 * never switches layer. Without video-orientation a phone turns its pictures before it encodes them, so the mixer need
 * not.
 */
const withheldExtensionUris: ReadonlySet<string> = new Set([
  'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time',
  'urn:3gpp:video-orientation',
]);

/** The extensions without those; none when there are none. */
export function withoutWithheld<Extension extends { readonly uri: string }>(
  extensions: readonly Extension[] | undefined,
): Extension[] {
  return (extensions ?? []).filter(({ uri }) => !withheldExtensionUris.has(uri));
}
