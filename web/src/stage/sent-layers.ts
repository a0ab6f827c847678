/** Which simulcast layers a browser encodes: no more than anybody wants. */

/** Of an RTCRtpSender. */
export interface LayeredSender {
  getParameters(): { encodings?: { active?: boolean }[] };
  setParameters(parameters: never): Promise<void>;
}

/** @param spatialLayer the highest to send, 0 the smallest; null for none */
export async function sendLayersUpTo(sender: LayeredSender, spatialLayer: number | null): Promise<void> {
  const parameters = sender.getParameters();
  const { encodings } = parameters;
  // A single layer is left to the pause of its producer: a sender that sends nothing looks like a broken one.
  if (encodings === undefined || encodings.length < 2) return;
  const highest = spatialLayer ?? -1;
  if (encodings.every((encoding, index) => (encoding.active !== false) === index <= highest)) return;
  encodings.forEach((encoding, index) => (encoding.active = index <= highest));
  await sender.setParameters(parameters as never);
}
