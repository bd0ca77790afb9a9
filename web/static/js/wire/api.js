/** The JSON API: one way to ask, one kind of error. */

/** What the service (or the line) said no with; `message` is for people. */
export class ApiError extends Error {
  /**
   * @param {number} status 0: the service was not reached
   * @param {string} code
   * @param {string} message
   */
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/**
 * Ask the API; the answer's JSON, or null where there is none. Whose login has ended is led to the
 * door, and from there back to where they were.
 * @param {"GET"|"POST"|"PUT"|"DELETE"} method
 * @param {string} path
 * @param {{body?: unknown, file?: Blob, csrf?: string, signal?: AbortSignal}} [options]  file: sent
 *   as it is, in place of a JSON body
 * @returns {Promise<any>}
 */
export async function ask(method, path, { body, file, csrf, signal } = {}) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (file) headers["Content-Type"] = "text/csv";
  if (csrf) headers["X-CSRF-Token"] = csrf;
  const response = await reach(path, {
    method,
    headers,
    body: file ?? (body === undefined ? null : JSON.stringify(body)),
    signal: signal ?? null,
  });
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => null);
  if (response.ok) return answer;
  if (answer?.code === "sign_in_needed") {
    location.assign(`/login?next=${encodeURIComponent(location.pathname)}`);
  }
  throw new ApiError(
    response.status,
    answer?.code ?? "unknown",
    answer?.message ?? "服务没有正常答复，请稍后再试。",
  );
}

/**
 * @param {string} path
 * @param {RequestInit} options
 */
async function reach(path, options) {
  try {
    return await fetch(path, { ...options, credentials: "same-origin", redirect: "error" });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiError(0, "unreachable", "连不上服务，请检查网络后再试。");
  }
}
