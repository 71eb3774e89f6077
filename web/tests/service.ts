import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The program under test; without it, what needs a service is skipped. */
export const PROGRAM = process.env['CAIRN_PROGRAM'];
/** Events of others, which are not part of this tree: where the C++ tests look for them too. */
export const FIXTURES = [process.env['CAIRN_FIXTURES'] ?? '', join(ROOT, '../shared/fixtures')].find((path) => path !== '' && existsSync(path));
export const EXAMPLES = join(ROOT, 'examples', 'shop');

export interface ServiceOptions {
  ingest?: string[];
  /** Asks for tokens. */
  isClosed?: boolean;
  /** Further flags of `cairn serve`. */
  flags?: string[];
}

/** `cairn serve` over a store of its own, until `stop`. */
export class Service {
  address = '';

  private constructor(
    private readonly folder: string,
    private process: ChildProcess | undefined,
  ) {}

  static async start(options: ServiceOptions = {}): Promise<Service> {
    const service = new Service(mkdtempSync(join(tmpdir(), 'cairn-web-')), undefined);
    if (options.ingest !== undefined) service.run('ingest', ...options.ingest, '--rejects', join(service.folder, 'rejects.jsonl'));
    await service.serve([...(options.isClosed === true ? [] : ['--no-auth']), ...(options.flags ?? [])], '127.0.0.1:0');
    return service;
  }

  /** Runs a command on the store; what it printed. */
  run(...command: string[]): string {
    const environment = { ...process.env, CAIRN_STORE: join(this.folder, 'store'), NO_COLOR: '1' };
    try {
      return execFileSync(PROGRAM ?? '', command, { env: environment, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    } catch (error) {
      // Some of the fixtures are refused: done in part is done.
      const failure = error as { status?: number; stdout?: string; stderr?: string };
      if (failure.status === 3) return failure.stdout ?? '';
      throw new Error(`cairn ${command.join(' ')}: ${failure.stderr ?? String(error)}`);
    }
  }

  async serve(flags: string[], listen: string): Promise<void> {
    const store = join(this.folder, 'store');
    const child = spawn(PROGRAM ?? '', ['serve', '--store', store, '--listen', listen, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.process = child;
    this.address = await new Promise((found, failed) => {
      let said = '';
      child.stdout.on('data', (piece: Buffer) => {
        said += piece.toString();
        const address = /listening at (\S+)/.exec(said);
        if (address?.[1] !== undefined) found(address[1]);
      });
      child.on('exit', (code) => failed(new Error(`cairn serve ended with ${code}: ${said}`)));
    });
  }

  async post(path: string, body: string, contentType = 'application/json'): Promise<void> {
    const response = await fetch(this.address + path, { method: 'POST', body, headers: { 'Content-Type': contentType } });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  }

  /** The process alone; the store stays. */
  async halt(): Promise<void> {
    const child = this.process;
    if (child === undefined) return;
    this.process = undefined;
    child.removeAllListeners('exit');
    // Who has ended already says so no second time.
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`cairn serve had ended before it was asked to, with ${child.exitCode ?? child.signalCode}`);
    }
    const ended = new Promise<number | string | null>((done) => child.once('exit', (code, signal) => done(code ?? signal)));
    child.kill('SIGTERM');
    const how = await ended;
    if (how !== 0) throw new Error(`cairn serve was asked to stop and ended with ${how}`);
  }

  async stop(): Promise<void> {
    try {
      await this.halt();
    } finally {
      rmSync(this.folder, { recursive: true, force: true });
    }
  }
}
