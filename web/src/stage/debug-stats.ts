/** Picks what tests and support need out of WebRTC statistics (W3C webrtc-stats). Pure. */

export type StatsRecord = Readonly<Record<string, unknown>>;

export interface CandidatePairStats {
  readonly localType: string;
  readonly localProtocol: string;
  /** How a relayed candidate reaches its TURN server: `udp`, `tcp` or `tls`. */
  readonly relayProtocol: string | undefined;
  readonly remoteType: string;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly roundTripMs: number | undefined;
}

export interface OutboundLayerStats {
  readonly kind: string;
  /** Simulcast layer, `undefined` for audio. */
  readonly rid: string | undefined;
  readonly isActive: boolean;
  readonly frameWidthPx: number | undefined;
  readonly frameHeightPx: number | undefined;
  readonly framesPerSec: number | undefined;
  readonly bytesSent: number;
}

export interface InboundStats {
  readonly kind: string;
  readonly bytesReceived: number;
  readonly packetsLost: number;
  readonly framesDecoded: number | undefined;
  readonly frameHeightPx: number | undefined;
}

/** The pair that carries media; undefined before the transport is connected. */
export function selectedPair(records: readonly StatsRecord[]): CandidatePairStats | undefined {
  const byId = new Map(records.map((record) => [record['id'], record]));
  const transport = records.find(({ type }) => type === 'transport');
  const pair =
    byId.get(transport?.['selectedCandidatePairId']) ??
    records.find(
      ({ type, nominated, state }) => type === 'candidate-pair' && nominated === true && state === 'succeeded',
    );
  const local = byId.get(pair?.['localCandidateId']);
  const remote = byId.get(pair?.['remoteCandidateId']);
  if (pair === undefined || local === undefined || remote === undefined) return undefined;
  const roundTripSec = numberOrUndefined(pair['currentRoundTripTime']);
  return {
    localType: text(local['candidateType']),
    localProtocol: text(local['protocol']),
    relayProtocol: typeof local['relayProtocol'] === 'string' ? local['relayProtocol'] : undefined,
    remoteType: text(remote['candidateType']),
    remoteAddress: text(remote['address']),
    remotePort: numberOrUndefined(remote['port']) ?? 0,
    roundTripMs: roundTripSec === undefined ? undefined : roundTripSec * 1000,
  };
}

export function outboundLayers(records: readonly StatsRecord[]): readonly OutboundLayerStats[] {
  return records
    .filter(({ type }) => type === 'outbound-rtp')
    .map((record) => ({
      kind: text(record['kind']),
      rid: typeof record['rid'] === 'string' ? record['rid'] : undefined,
      isActive: record['active'] !== false,
      frameWidthPx: numberOrUndefined(record['frameWidth']),
      frameHeightPx: numberOrUndefined(record['frameHeight']),
      framesPerSec: numberOrUndefined(record['framesPerSecond']),
      bytesSent: numberOrUndefined(record['bytesSent']) ?? 0,
    }));
}

export function inboundStreams(records: readonly StatsRecord[]): readonly InboundStats[] {
  return records
    .filter(({ type }) => type === 'inbound-rtp')
    .map((record) => ({
      kind: text(record['kind']),
      bytesReceived: numberOrUndefined(record['bytesReceived']) ?? 0,
      packetsLost: numberOrUndefined(record['packetsLost']) ?? 0,
      framesDecoded: numberOrUndefined(record['framesDecoded']),
      frameHeightPx: numberOrUndefined(record['frameHeight']),
    }));
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function numberOrUndefined(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
