/** Which address of this machine other machines, and a TURN server on it, can reach. */
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

/** First IPv4 address of a real interface; undefined when there is only loopback. Link-local ones come last. */
export function pickInterfaceAddress(
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]> = networkInterfaces(),
): string | undefined {
  const addresses = Object.values(interfaces)
    .flatMap((entries) => entries ?? [])
    .filter((entry) => entry.family === 'IPv4' && !entry.internal)
    .map((entry) => entry.address);
  return addresses.find((address) => !address.startsWith('169.254.')) ?? addresses[0];
}
