/** What an import would change, what is wrong with it, and what it did. */

import { html } from "/vendor/preact.js";

/**
 * @typedef {{line: number, key: string, new: boolean, columns: Record<string, [string, string]>}} Change
 * @typedef {{line: number, column: string, why: string, text: string}} Problem
 * @typedef {{rows: number, added: number, changed: number, changes: Change[]}} Counts
 * @typedef {{wrong: number, problems: Problem[]} & Partial<Counts>} Rehearsal
 * @typedef {{username: string, password: string, role: string, name: string, station: string}} Account
 * @typedef {Counts & {accounts: Account[]}} Done
 */

/** @param {{name: string, rehearsal: Rehearsal, busy: boolean, write: () => void}} props */
export function Preview({ name, rehearsal, busy, write }) {
  if (rehearsal.wrong) return html`<${Wrong} name=${name} rehearsal=${rehearsal} />`;
  const { rows = 0, added = 0, changed = 0, changes = [] } = rehearsal;
  if (!changes.length) {
    return html`<p class="note" role="status">${name} 共 ${rows} 行，和现有资料完全一样，不用导入。</p>`;
  }
  return html`<p class="note wait" role="status">
      ${name} 共 ${rows} 行：新增 ${added}，修改 ${changed}，其余不变。表里没有的现有资料会保留。
    </p>
    <div class="table-wrap import-table" tabindex="0" role="region" aria-label="要改什么">
      <table class="table">
        <thead><tr><th>行</th><th>编号</th><th></th><th>内容</th></tr></thead>
        <tbody>${changes.map((one) => html`<${ChangeRow} key=${one.line} change=${one} />`)}</tbody>
      </table>
    </div>
    ${added + changed > changes.length
      ? html`<p class="soft small">只列出前 ${changes.length} 行。</p>`
      : null}
    <button class="button primary" type="button" disabled=${busy} onClick=${write}>
      确认导入 ${added + changed} 行
    </button>`;
}

/** @param {{change: Change}} props */
function ChangeRow({ change }) {
  const cells = Object.entries(change.columns).filter(([, [was, now]]) => was || now);
  return html`<tr>
    <td class="number">${change.line}</td>
    <td class="nowrap">${change.key}</td>
    <td>
      ${change.new ? html`<span class="badge go">新增</span>` : html`<span class="badge wait">修改</span>`}
    </td>
    <td>
      ${cells.map(
        ([name, [was, now]]) => html`<span class="import-cell" key=${name}>
          <span class="soft">${name}</span>${" "}
          ${change.new ? null : html`<del>${was || "（空）"}</del> → `}<span>${now || "（空）"}</span>
        </span>`,
      )}
    </td>
  </tr>`;
}

/** @param {{name: string, rehearsal: Rehearsal}} props */
function Wrong({ name, rehearsal }) {
  const { wrong, problems } = rehearsal;
  return html`<p class="note stop" role="alert">
      ${name} 有 ${wrong} 处问题，什么都没有写入。请在表格里改好，再选择一次。
    </p>
    <div class="table-wrap import-table" tabindex="0" role="region" aria-label="哪里不对">
      <table class="table">
        <thead><tr><th>行</th><th>列</th><th>问题</th></tr></thead>
        <tbody>
          ${problems.map(
            (one) => html`<tr>
              <td class="number">${one.line || "全文"}</td>
              <td class="nowrap">${one.column}</td>
              <td>${one.why}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

/** @param {{done: Done}} props */
export function Imported({ done }) {
  const { added, changed, accounts } = done;
  const text = accounts.map((one) => [one.username, one.password, one.name, one.station].join("\t"));
  return html`<p class="note go" role="status">已导入：新增 ${added}，修改 ${changed}。</p>
    ${accounts.length
      ? html`<p>
            新账号的初始密码只显示这一次，请抄下或复制，分别当面交给本人：
            <button class="button" type="button"
              onClick=${() => navigator.clipboard.writeText(text.join("\n"))}>复制全部</button>
          </p>
          <div class="table-wrap import-table" tabindex="0" role="region" aria-label="初始密码">
            <table class="table">
              <thead><tr><th>用户名</th><th>初始密码</th><th>姓名</th><th>工作站</th></tr></thead>
              <tbody>
                ${accounts.map(
                  (one) => html`<tr>
                    <td>${one.username}</td>
                    <td class="code-text">${one.password}</td>
                    <td>${one.name}</td>
                    <td>${one.station}</td>
                  </tr>`,
                )}
              </tbody>
            </table>
          </div>`
      : null}`;
}
