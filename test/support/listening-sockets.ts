import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { childrenOf } from '../../dev/services/process-identity.js';

/** In /proc/net: TCP sockets that listen, UDP sockets that are not connected. */
const OPEN = { tcp: '0A', tcp6: '0A', udp: '07', udp6: '07' };

/**
 * The addresses on which these processes and all below them accept connections or packets, each once, such as '127.0.0.1' and
 * '0.0.0.0'. Linux only.
 */
export function listeningAddresses(...pids: readonly (number | undefined)[]): string[] {
  const inodes = new Set(pids.flatMap((pid) => withChildren(pid!)).flatMap(socketsOf));
  const addresses = Object.entries(OPEN).flatMap(([protocol, open]) =>
    readFileSync(`/proc/net/${protocol}`, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === open && inodes.has(fields[9]!))
      .map((fields) => addressOf(fields[1]!.split(':')[0]!)),
  );
  return [...new Set(addresses)].sort();
}

function withChildren(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(withChildren)];
}

/** The inodes of a process's sockets; none if it has ended. */
function socketsOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${fd}`))?.[1] ?? [];
      } catch {
        return []; // closed meanwhile
      }
    });
  } catch {
    return [];
  }
}

/** @param hex an address in /proc/net: words of 32 bits, in the byte order of the machine (little-endian) */
function addressOf(hex: string): string {
  const bytes = hex.match(/.{8}/g)!.flatMap((word) => [...Buffer.from(word, 'hex').reverse()]);
  // Java listens on IPv4 addresses mapped into IPv6.
  const isMapped = bytes.length === 16 && bytes.slice(0, 12).join() === '0,0,0,0,0,0,0,0,0,0,255,255';
  if (bytes.length === 4 || isMapped) return bytes.slice(-4).join('.');
  const address = Buffer.from(bytes).toString('hex');
  return address === '1'.padStart(32, '0') ? '::1' : address;
}
