/** An address beside loopback for tests that need one (coturn relays to no loopback peer); made when the machine has none. */
import { execFileSync } from 'node:child_process';
import { interfaceAddresses } from '../../src/core/interface-address.ts';

const fallbackAddress = '198.51.100.1';
const fallbackLinkName = 'rostrum-t0';

/** `release` removes what was made; nothing when the machine had an address. */
export function provideInterfaceAddress(): { readonly address: string; readonly release: () => void } {
  const [own] = interfaceAddresses();
  if (own !== undefined) return { address: own, release: () => undefined };
  const ip = (...args: string[]) => execFileSync('ip', args);
  ip('link', 'add', fallbackLinkName, 'type', 'veth', 'peer', 'name', `${fallbackLinkName}p`);
  ip('address', 'add', `${fallbackAddress}/24`, 'dev', fallbackLinkName);
  for (const name of [fallbackLinkName, `${fallbackLinkName}p`]) ip('link', 'set', name, 'up');
  return { address: fallbackAddress, release: () => void ip('link', 'delete', fallbackLinkName) };
}
