/** Version of the `/stage` protocol; a client that speaks another one is refused with SIGNALING_VERSION_UNSUPPORTED. */
export const protocolVersion = 1;
