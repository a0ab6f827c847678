/** Which addresses of this machine other machines, and a TURN server on it, can reach. */
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

export type NetworkInterfaces = NodeJS.Dict<NetworkInterfaceInfo[]>;

/** IPv4 addresses of real interfaces, in the system's order; link-local ones come last. */
export function interfaceAddresses(interfaces: NetworkInterfaces = networkInterfaces()): string[] {
  const addresses = Object.values(interfaces)
    .flatMap((entries) => entries ?? [])
    .filter((entry) => entry.family === 'IPv4' && !entry.internal)
    .map((entry) => entry.address);
  return [...addresses.filter((address) => !isLinkLocal(address)), ...addresses.filter(isLinkLocal)];
}

/** Reaches no farther than the cable (RFC 3927): nothing that clients should be told. */
export function isLinkLocal(address: string): boolean {
  return address.startsWith('169.254.');
}
