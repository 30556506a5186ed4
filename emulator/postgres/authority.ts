import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { asn1, pki } from "node-forge";

const KEY_BITS = 2048;
const DAY = 86_400_000;
const YEAR = 365 * DAY;
const CA_LIFETIME = 10 * YEAR;
const LEAF_LIFETIME = YEAR;
/** A CA that could run out while the emulator runs is made anew. */
const RENEWED_BEFORE_END = 30 * DAY;
/** For clients whose clock is a little behind, in containers and virtual machines. */
const BACKDATED = DAY;
const NAME = "Lakebase emulator";

/** Both as PEM. */
export interface ServerIdentity {
  readonly key: string;
  readonly cert: string;
}

/** The certificate authority of one emulator: clients that check the server's certificate are given `file`. */
export class Authority {
  private constructor(
    /** Path of the CA certificate, for PGSSLROOTCERT. */
    readonly file: string,
    /** Its PEM. */
    readonly certificate: string,
    private readonly key: KeyObject,
    /** All servers share one, since a key pair takes longer than a certificate and never leaves this process. */
    private readonly leafKey: KeyObject,
  ) {}

  /** Opens the one in `folder`, or makes one there. */
  static async open(folder: string): Promise<Authority> {
    const leafKey = await generateKey();
    const file = join(folder, "ca.pem");
    const keyFile = join(folder, "ca.key");
    const kept = await readPair(file, keyFile);
    if (kept !== undefined) return new Authority(file, kept.certificate, kept.key, leafKey);

    const key = await generateKey();
    const certificate = makeCa(key);
    await mkdir(folder, { recursive: true });
    // The certificate last: a key without its certificate is no authority, and the next start makes another.
    await replace(keyFile, toPem(key), 0o600);
    await replace(file, certificate, 0o644);
    return new Authority(file, certificate, key, leafKey);
  }

  /** A server certificate for those hosts, addresses and names. */
  issue(hosts: readonly string[]): ServerIdentity {
    const ca = pki.certificateFromPem(this.certificate);
    const cert = blank(this.leafKey, LEAF_LIFETIME);
    // What clients compare is the alternative names below; a common name holds no more than 64 characters.
    cert.setSubject([{ shortName: "CN", value: NAME }]);
    cert.setIssuer(ca.subject.attributes);
    cert.setExtensions([
      { name: "basicConstraints", critical: true, cA: false },
      { name: "keyUsage", critical: true, digitalSignature: true, keyEncipherment: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames: hosts.map(alternativeName) },
      { name: "subjectKeyIdentifier" },
      { name: "authorityKeyIdentifier", keyIdentifier: ca.generateSubjectKeyIdentifier().getBytes() },
    ]);
    return { key: toPem(this.leafKey), cert: signed(cert, this.key) };
  }
}

function makeCa(key: KeyObject): string {
  const cert = blank(key, CA_LIFETIME);
  // Two emulators on one machine have different CAs, and a store may hold both.
  const subject = [{ shortName: "CN", value: `${NAME} ${randomBytes(4).toString("hex")}` }];
  cert.setSubject(subject);
  cert.setIssuer(subject);
  cert.setExtensions([
    { name: "basicConstraints", critical: true, cA: true, pathLenConstraint: 0 },
    { name: "keyUsage", critical: true, keyCertSign: true, cRLSign: true },
    { name: "subjectKeyIdentifier" },
    { name: "authorityKeyIdentifier", keyIdentifier: true },
  ]);
  return signed(cert, key);
}

function blank(key: KeyObject, lifetime: number): pki.Certificate {
  const cert = pki.createCertificate();
  cert.publicKey = pki.publicKeyFromPem(createPublicKey(key).export({ type: "spki", format: "pem" }).toString());
  cert.serialNumber = serialNumber();
  cert.validity.notBefore = new Date(Date.now() - BACKDATED);
  cert.validity.notAfter = new Date(Date.now() + lifetime);
  return cert;
}

/** Random, so that no count has to be kept; its first byte makes it positive and of full length. */
function serialNumber(): string {
  return `4${randomBytes(16).toString("hex").slice(1)}`;
}

/** As `cert.sign` does it, but with Node's own RSA, which takes a millisecond where forge's takes thirty. */
function signed(cert: pki.Certificate, key: KeyObject): string {
  cert.signatureOid = cert.siginfo.algorithmOid = oid("sha256WithRSAEncryption");
  const [body] = pki.certificateToAsn1(cert).value;
  if (body === undefined || typeof body === "string") throw new Error("a certificate is a sequence of parts");
  cert.tbsCertificate = body;
  const bytes = Buffer.from(asn1.toDer(body).getBytes(), "latin1");
  cert.signature = sign("sha256", bytes, key).toString("latin1");
  return pki.certificateToPem(cert);
}

function oid(name: string): string {
  const found = pki.oids[name];
  if (found === undefined) throw new Error(`node-forge does not know ${name}`);
  return found;
}

/** The types of RFC 5280's GeneralName: 7 an address, 2 a name. */
function alternativeName(host: string): object {
  return isIP(host) === 0 ? { type: 2, value: host } : { type: 7, ip: host };
}

async function generateKey(): Promise<KeyObject> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: KEY_BITS });
  return privateKey;
}

function toPem(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

/** Undefined when it is not whole, does not belong together or is about to run out. */
async function readPair(file: string, keyFile: string): Promise<{ certificate: string; key: KeyObject } | undefined> {
  const [certificate, pem] = await Promise.all([file, keyFile].map((path) => readFile(path, "utf8").catch(() => "")));
  if (!certificate || !pem) return undefined;
  try {
    const key = createPrivateKey(pem);
    const read = new X509Certificate(certificate);
    const usable = read.checkPrivateKey(key) && Date.parse(read.validTo) > Date.now() + RENEWED_BEFORE_END;
    return usable ? { certificate, key } : undefined;
  } catch {
    return undefined;
  }
}

/** Written beside and renamed over, so that nobody ever reads half of one. */
async function replace(path: string, text: string, mode: number): Promise<void> {
  const unfinished = `${path}.${randomBytes(4).toString("hex")}`;
  await writeFile(unfinished, text, { mode });
  await rename(unfinished, path);
}
