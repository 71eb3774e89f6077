/** What the service said instead of an answer. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly retryAfterSeconds?: number,
  ) {
    super(message);
  }
}

const TOKEN_KEY = 'cairn.token';

export function readToken(): string {
  return sessionStorage.getItem(TOKEN_KEY) ?? '';
}

const signListeners = new Set<() => void>();
export function onSigned(listener: () => void): () => void {
  signListeners.add(listener);
  return () => signListeners.delete(listener);
}

export function keepToken(token: string): void {
  if (token === '') sessionStorage.removeItem(TOKEN_KEY);
  else sessionStorage.setItem(TOKEN_KEY, token);
  for (const listener of signListeners) listener();
}

export type Query = Record<string, string | number | boolean | readonly string[] | undefined>;

export function encodeQuery(query: Query): string {
  const out = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    if (typeof value === 'object') for (const each of value) out.append(name, each);
    else out.append(name, String(value));
  }
  return out.toString();
}

export function authHeaders(): Record<string, string> {
  const token = readToken();
  return token === '' ? {} : { Authorization: `Bearer ${token}` };
}

async function failureOf(response: Response): Promise<ApiError> {
  let code = String(response.status);
  let message = response.statusText;
  try {
    const body = (await response.json()) as { error?: { code?: string; message?: string }; message?: string };
    code = body.error?.code ?? code;
    message = body.error?.message ?? body.message ?? message;
  } catch {
    // No JSON: what the status says must do.
  }
  const wait = Number(response.headers.get('Retry-After') ?? '');
  return new ApiError(response.status, code, message, wait > 0 ? wait : undefined);
}

async function send(path: string, init: RequestInit, contentType?: string): Promise<Response> {
  const headers = contentType === undefined ? authHeaders() : { ...authHeaders(), 'Content-Type': contentType };
  try {
    return await fetch(path, { ...init, headers, credentials: 'omit' });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, 'UNREACHABLE', 'the service does not answer; is it running?');
  }
}

const TARGET_MAX = 8000;

/** Asks the service; long questions of `/api/v1/repository/` go as a form. */
export async function ask<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  const encoded = encodeQuery(query);
  const target = encoded === '' ? path : `${path}?${encoded}`;
  const isLong = target.length > TARGET_MAX && path.startsWith('/api/v1/repository/');
  const init: RequestInit = signal === undefined ? {} : { signal };
  const response = isLong
    ? await send(path, { ...init, method: 'POST', body: encoded }, 'application/x-www-form-urlencoded')
    : await send(target, init);
  if (!response.ok) throw await failureOf(response);
  return (await response.json()) as T;
}

export async function post<T>(path: string, body: unknown, method = 'POST'): Promise<T | undefined> {
  const response =
    body === undefined
      ? await send(path, { method })
      : await send(path, { method, body: JSON.stringify(body) }, 'application/json');
  if (!response.ok) throw await failureOf(response);
  const text = await response.text();
  return text === '' ? undefined : (JSON.parse(text) as T);
}
