import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chmod, readFile, writeFile } from 'node:fs/promises';

const run = promisify(execFile);

/** Files in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** Certificate and key in one file, as Kafka wants its keystore. */
  readonly both: string;
}

export interface CertificateOptions {
  /** As in OpenSSL's subjectAltName; default: this machine. */
  readonly names?: string;
  /** Default 2; -1 for one that has expired. */
  readonly days?: number;
  /** When it becomes valid, as YYYYMMDDhhmmssZ; default: now. */
  readonly from?: string;
}

const EC_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** A certificate authority of its own, by the program openssl. */
export class CertificateAuthority {
  private constructor(
    private readonly folder: string,
    private readonly name: string,
    /** File with its certificate. */
    readonly cert: string,
  ) {}

  static async create(folder: string, name: string): Promise<CertificateAuthority> {
    const cert = join(folder, `${name}.pem`);
    const key = join(folder, `${name}.key`);
    await run('openssl', [
      'req',
      '-x509',
      ...EC_KEY,
      '-keyout',
      key,
      '-out',
      cert,
      '-subj',
      `/CN=${name}`,
      '-days',
      '2',
    ]);
    return new CertificateAuthority(folder, name, cert);
  }

  async issue(subject: string, options: CertificateOptions = {}) {
    const { names = 'IP:127.0.0.1,DNS:localhost', days = 2, from } = options;
    const file = (ending: string) => join(this.folder, `${this.name}-${subject}.${ending}`);
    const [cert, key, request, both] = ['pem', 'key', 'csr', 'both'].map(file) as [string, string, string, string];
    const san = ['-addext', `subjectAltName=${names}`];
    await run('openssl', ['req', ...EC_KEY, '-keyout', key, '-out', request, '-subj', `/CN=${subject}`, ...san]);
    const signer = ['-CA', this.cert, '-CAkey', join(this.folder, `${this.name}.key`), '-CAcreateserial'];
    if (from === undefined) {
      const signed = ['-in', request, ...signer, '-days', String(days), '-copy_extensions', 'copy', '-out', cert];
      await run('openssl', ['x509', '-req', ...signed]);
    } else {
      await this.sign(request, cert, from);
    }
    await writeFile(both, (await Promise.all([cert, key].map((each) => readFile(each, 'utf8')))).join(''));
    return { cert, key, both } satisfies Certificate;
  }

  /** Only `openssl ca` signs with another beginning than now, and it wants a configuration and a list of its certificates. */
  private async sign(request: string, cert: string, from: string): Promise<void> {
    const file = (ending: string) => join(this.folder, `${this.name}.${ending}`);
    await writeFile(file('index'), '');
    const settings = [
      `database=${file('index')}`,
      `new_certs_dir=${this.folder}`,
      'default_md=sha256',
      'rand_serial=yes',
      'policy=any',
    ];
    const policy = ['[any]', 'commonName=supplied'];
    await writeFile(
      file('cnf'),
      ['[ca]', 'default_ca=own', '[own]', ...settings, 'copy_extensions=copy', ...policy].join('\n'),
    );
    const signer = ['-cert', this.cert, '-keyfile', file('key'), '-config', file('cnf')];
    const dates = ['-startdate', from, '-enddate', '20991231000000Z'];
    await run('openssl', ['ca', '-batch', '-notext', ...signer, ...dates, '-in', request, '-out', cert]);
  }

  /** A copy of a key, encrypted. */
  static async encrypt(key: string, password: string): Promise<string> {
    const encrypted = `${key}.encrypted`;
    await run('openssl', ['pkey', '-aes256', '-passout', `pass:${password}`, '-in', key, '-out', encrypted]);
    await chmod(encrypted, 0o600);
    return encrypted;
  }
}
