import { type Command, Option } from 'commander';
import { ToolError } from '../model/errors.js';

const algorithms = ['RS384', 'ES384'] as const;
type Algorithm = (typeof algorithms)[number];

interface KeysFlags {
  readonly alg: Algorithm;
  readonly name: string;
}

export function addKeysCommand(program: Command): void {
  program
    .command('keys [folder]')
    .description('Makes a key pair to sign in with, and the public key set the EHR registers. Replaces nothing.')
    .addOption(
      new Option('--alg <algorithm>', 'SMART backend services know these two')
        .choices([...algorithms])
        .default('ES384'),
    )
    .option('--name <name>', 'of the two files, such as voice-bot', 'client')
    .action(async (folder: string | undefined, flags: KeysFlags) => {
      await makeKeys(folder ?? 'secrets', flags);
    });
}

/**
 * `<name>.pem` (private, PKCS #8, 0600) and `<name>.jwks.json` (public, 0644). The kid is the key's thumbprint (RFC 7638).
 * @throws ToolError `bad-name`, `key-exists`, `folder-not-usable`
 */
async function makeKeys(folder: string, { alg, name }: KeysFlags): Promise<void> {
  if (!/^[a-z0-9-]{1,64}$/.test(name)) {
    throw new ToolError('bad-name', 'A name has small letters, digits and hyphens, at most 64.', {
      next: 'For example --name voice-bot.',
    });
  }
  const [{ mkdir, rm, stat, writeFile }, path, jose] = await Promise.all([
    import('node:fs/promises'),
    import('node:path'),
    import('jose'),
  ]);
  const { privateKey, publicKey } = await jose.generateKeyPair(alg, { extractable: true, modulusLength: 3072 });
  const jwk = await jose.exportJWK(publicKey);
  const kid = await jose.calculateJwkThumbprint(jwk);
  const keySet = { keys: [{ ...jwk, kid, alg, use: 'sig', key_ops: ['verify'] }] };
  const secret = { path: path.join(folder, `${name}.pem`), text: await jose.exportPKCS8(privateKey), mode: 0o600 };
  const open = {
    path: path.join(folder, `${name}.jwks.json`),
    text: `${JSON.stringify(keySet, undefined, 2)}\n`,
    mode: 0o644,
  };
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const { path: file } of [secret, open]) {
      if (await stat(file).catch(() => undefined)) throw Object.assign(new Error(), { code: 'EEXIST', path: file });
    }
    await writeFile(secret.path, secret.text, { flag: 'wx', mode: secret.mode });
    // A pair of which one half could not be written is no pair.
    await writeFile(open.path, open.text, { flag: 'wx', mode: open.mode }).catch(async (fault: unknown) => {
      await rm(secret.path, { force: true });
      throw fault;
    });
  } catch (fault) {
    throw refusal(fault as NodeJS.ErrnoException, folder);
  }
  process.stdout.write(instructions({ name, alg, kid, secret: secret.path, open: open.path }));
}

function refusal({ code = 'unknown', path }: NodeJS.ErrnoException, folder: string): ToolError {
  if (code === 'EEXIST') {
    return new ToolError('key-exists', `${path ?? 'A file of that name'} exists, and no key is ever replaced.`, {
      next: 'Choose another --name; retire the old key only after the EHR has registered the new one.',
    });
  }
  return new ToolError('folder-not-usable', `Files cannot be written to ${folder} (${code}).`, {
    next: 'Name a folder you may write to.',
  });
}

function instructions(made: { name: string; alg: Algorithm; kid: string; secret: string; open: string }): string {
  return [
    `Private key  ${made.secret}   stays here; readable by you only; never send or commit it`,
    `Public keys  ${made.open}   register this file, or its content at an https address, with the EHR`,
    '',
    'In the organization file, where the private key lies inside its folder:',
    '',
    '  auth:',
    '    bindings:',
    `      - id: ${made.name}`,
    '        flow: backend',
    '        clientId: "<the id the EHR gives you>"',
    `        key: {ref: "file:secrets/${made.name}.pem"}`,
    `        kid: ${made.kid}`,
    `        alg: ${made.alg}`,
    '',
  ].join('\n');
}
