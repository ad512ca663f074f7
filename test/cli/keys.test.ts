import { createPublicKey } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calculateJwkThumbprint, importPKCS8, jwtVerify, SignJWT, importJWK, type JWK } from 'jose';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { command } from '../support/command-line.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ehr-scorecard-keys-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

it.each(['RS384', 'ES384'])('%s: what the private key signs, the public set verifies', async (alg) => {
  const { code, stdout } = await command('keys', join(folder, 'secrets'), '--alg', alg, '--name', 'bot');
  expect(code).toBe(0);
  const pem = await readFile(join(folder, 'secrets/bot.pem'), 'utf8');
  const { keys } = JSON.parse(await readFile(join(folder, 'secrets/bot.jwks.json'), 'utf8')) as { keys: JWK[] };
  expect(keys).toHaveLength(1);
  const [jwk] = keys as [JWK];
  const signed = await new SignJWT({}).setProtectedHeader({ alg }).sign(await importPKCS8(pem, alg));
  await expect(jwtVerify(signed, await importJWK(jwk, alg))).resolves.toBeDefined();
  expect(jwk).toMatchObject({ alg, use: 'sig', kid: await calculateJwkThumbprint(jwk) });
  expect(Object.keys(jwk).filter((name) => ['d', 'p', 'q', 'dp', 'dq', 'qi'].includes(name))).toEqual([]);
  expect(createPublicKey({ key: jwk, format: 'jwk' }).asymmetricKeyDetails?.modulusLength).toBe(
    alg === 'RS384' ? 3072 : undefined,
  );
  expect(stdout).toContain(`kid: ${jwk.kid}`);
  expect(stdout).not.toContain('PRIVATE KEY');
});

it.skipIf(process.platform === 'win32')('the private key and its folder are for their owner alone', async () => {
  await command('keys', join(folder, 'secrets'));
  expect((await stat(join(folder, 'secrets'))).mode & 0o777).toBe(0o700);
  expect((await stat(join(folder, 'secrets/client.pem'))).mode & 0o777).toBe(0o600);
});

it.each(['client.pem', 'client.jwks.json'])('replaces no %s and leaves no half pair', async (existing) => {
  await writeFile(join(folder, existing), 'mine');
  const { code, stderr } = await command('keys', folder);
  expect(code).toBe(2);
  expect(stderr).toContain('key-exists');
  expect(await readdir(folder)).toEqual([existing]);
  expect(await readFile(join(folder, existing), 'utf8')).toBe('mine');
});

it.each(['../bot', 'Bot', ''])('refuses the name "%s"', async (name) => {
  const { code, stderr } = await command('keys', folder, '--name', name);
  expect([code, stderr.split(':')[0]]).toEqual([2, 'bad-name']);
});
