/** Sending a file as it is, telling how much of it is on its way: `fetch` does not tell that. */

import { ApiError } from "./api.js";

/**
 * @typedef {object} Upload
 * @property {Blob} file
 * @property {string} csrf
 * @property {Record<string, string>} headers
 * @property {(share: number) => void} told  hears how much is sent, 0 to 1
 * @property {AbortSignal} signal
 */

/**
 * PUT a file; rejects with an ApiError that has a sentence for people.
 * @param {string} path
 * @param {Upload} upload
 * @returns {Promise<void>}
 */
export function put(path, { file, csrf, headers, told, signal }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", path);
    request.responseType = "json";
    const all = { Accept: "application/json", "X-CSRF-Token": csrf, "Content-Type": "application/octet-stream", ...headers };
    for (const [name, value] of Object.entries(all)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => event.lengthComputable && told(event.loaded / event.total);
    request.onload = () => (request.status < 300 ? resolve() : reject(refusal(request)));
    request.onerror = () => reject(new ApiError(0, "unreachable", "连不上服务，照片没有传上去。请检查网络后再试。"));
    request.onabort = () => reject(new ApiError(0, "aborted", "已取消。"));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}

/** @param {XMLHttpRequest} request */
function refusal({ status, response }) {
  return new ApiError(status, response?.code ?? "unknown", response?.message ?? "服务没有正常答复，请稍后再试。");
}
