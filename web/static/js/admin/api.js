// @ts-check
/** Asking the server: JSON in, JSON out, and errors that have a sentence for people. */

/** What the server, or the way to it, said no with; `message` is for people. */
export class ApiError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/**
 * @param {string} path
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export function get(path, signal) {
  return ask(path, { signal: signal ?? null });
}

/**
 * @param {string} path
 * @param {unknown} body
 * @param {string} csrf
 * @returns {Promise<any>}
 */
export function post(path, body, csrf) {
  return ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
    body: JSON.stringify(body),
  });
}

/**
 * @param {string} path
 * @param {RequestInit} init
 */
async function ask(path, init) {
  const response = await fetch(path, init).catch((error) => {
    if (init.signal?.aborted) throw error;
    throw new ApiError("unreachable", "连接不上服务，请检查网络后重试。");
  });
  const body = await response.json().catch(() => ({}));
  if (response.status === 401) location.assign(`/login?next=${encodeURIComponent(location.pathname)}`);
  if (!response.ok) {
    throw new ApiError(String(body.code ?? "failed"), String(body.message ?? "请求没有成功，请重试。"));
  }
  return body;
}
