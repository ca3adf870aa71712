// Whose request it is, by network address: the connection's own, or behind proxies that are named, what they say of it.

import { BlockList, isIP, isIPv6 } from 'node:net';
import type { Context } from 'hono';
import { CollimateError } from '../../util/errors.ts';

/** The proxies before the studio: how many there are, or which addresses they have. */
export type TrustedProxies = { readonly hops: number } | { readonly addresses: BlockList };

/**
 * `1` for one proxy before the studio, or addresses and networks of proxies with commas between.
 *
 * @throws CollimateError USAGE for what is neither.
 */
export function parseTrustedProxies(text: string): TrustedProxies {
  if (/^[1-9]$/.test(text)) return { hops: Number(text) };
  const addresses = new BlockList();
  for (const part of text.split(',').map((each) => each.trim())) {
    const [address = '', bits, ...rest] = part.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    const most = family === 'ipv6' ? 128 : 32;
    if (isIP(address) === 0 || rest.length > 0 || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && +bits <= most)))
      throw new CollimateError(
        'USAGE',
        `--trust-proxy: expected how many proxies there are (1 to 9), or their addresses, got ${JSON.stringify(part)}`,
        'For one proxy in front: --trust-proxy 1. By address: --trust-proxy 127.0.0.1,10.0.0.0/8',
      );
    addresses.addSubnet(address, bits === undefined ? most : Number(bits), family);
  }
  return { addresses };
}

/**
 * What reads the address of a request. `X-Forwarded-For` counts only as far as the proxies that are trusted wrote it: what
 * stands before their entries anybody may have sent.
 */
export function createAddressReader(
  trusted: TrustedProxies | undefined,
  log: (line: string) => void,
): (context: Context) => string {
  let told = trusted !== undefined;
  return (context) => {
    const own = readPeer(context);
    if (!told && context.req.header('x-forwarded-for') !== undefined) {
      told = true;
      log(`Requests come through a proxy (${own}), and all count as its own. Name it with --trust-proxy 1.`);
    }
    if (!trusted) return own;
    const chain = [...splitForwarded(context.req.header('x-forwarded-for')), own];
    return 'hops' in trusted ? byHops(chain, trusted.hops) : byAddresses(chain, trusted.addresses);
  };
}

/** The entry that the outermost proxy wrote; fewer entries than proxies mean that one was passed by. */
function byHops(chain: readonly (string | undefined)[], hops: number): string {
  const known = chain.slice(chain.lastIndexOf(undefined) + 1);
  return known[Math.max(0, known.length - 1 - hops)]!;
}

/** The last entry that is no proxy's. */
function byAddresses(chain: readonly (string | undefined)[], proxies: BlockList): string {
  let found = chain.at(-1)!;
  for (const address of chain.toReversed()) {
    if (address === undefined) return found;
    found = address;
    if (!proxies.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')) return found;
  }
  return found;
}

/** The addresses of the header, from the first; undefined for an entry that is none. */
function splitForwarded(header: string | undefined): (string | undefined)[] {
  return header === undefined ? [] : header.slice(0, 2000).split(',').map(toAddress);
}

/** An address without its port and without brackets, and IPv4 in its own spelling. */
function toAddress(text: string): string | undefined {
  const bare = text
    .trim()
    .replace(/^\[([^\]]*)\](:\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
    .replace(/^::ffff:(?=\d+\.)/i, '');
  return isIP(bare) === 0 ? undefined : bare;
}

function readPeer(context: Context): string {
  const env = context.env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined;
  const address = env?.incoming?.socket?.remoteAddress ?? '';
  return toAddress(address) ?? 'unknown';
}

/** What limits count by: an IPv4 address, or the network of an IPv6 one, of which one person has 2^64 addresses. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  const after = tail?.split(':').filter((group) => group !== '') ?? [];
  const whole =
    tail === undefined ? groups : [...groups, ...Array(8 - groups.length - after.length).fill('0'), ...after];
  return `${whole
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
