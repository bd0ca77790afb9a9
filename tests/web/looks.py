"""What can be told of a page's look without eyes: cut words, things outside or under others."""

from pathlib import Path

from playwright.async_api import Page

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
DESKTOP, LARGE, PHONE = (1366, 768), (1920, 1080), (360, 740)
SIZES = (DESKTOP, LARGE, PHONE)
LARGE_TEXT = "document.documentElement.dataset.text = 'large'"
"""What the switch for large text does."""

# Every element with words of its own must show them whole: an ellipsis counts as cut unless the
# whole is one hover away. What a scrolling box holds may lie outside the screen, the rest may not.
CUT = """() => {
  const found = [];
  const page = document.documentElement;
  if (page.scrollWidth > page.clientWidth + 1) found.push(`the page scrolls sideways`);
  const name = (one) => `${one.tagName.toLowerCase()}.${one.className} ` +
    `"${(one.innerText || one.value || one.getAttribute('aria-label') || '').trim().slice(0, 24)}"`;
  const seen = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    one.getBoundingClientRect().width > 1 && one.getBoundingClientRect().height > 1;
  const scrolls = (one, axis) => {
    for (let box = one.parentElement; box && box !== document.body; box = box.parentElement)
      if (/auto|scroll/.test(getComputedStyle(box)[`overflow${axis}`])) return true;
    return false;
  };
  const isWords = (node) => node.nodeType === Node.TEXT_NODE && node.data.trim();
  const speaks = (one) => [...one.childNodes].some(isWords);
  const unseen = 'svg, option, .visually-hidden, .skip, [aria-hidden=true]';
  const pressed = 'button, a[href], input, select, textarea, summary';
  const modal = document.querySelector('dialog:modal');
  const root = modal ?? document.body;
  for (const one of root.querySelectorAll('*')) {
    if (!seen(one) || one.closest(unseen)) continue;
    if (!speaks(one) && !one.matches(pressed)) continue;
    const style = getComputedStyle(one);
    const wide = one.scrollWidth - one.clientWidth;
    const high = one.scrollHeight - one.clientHeight;
    const told = one.title || /auto|scroll/.test(style.overflowX + style.overflowY);
    const boxed = style.display !== 'inline' && !one.matches('input, select');
    if (boxed && wide > 1 && !told) found.push(`cut: ${name(one)}`);
    if (/hidden|clip/.test(style.overflowY) && high > 2 && !told)
      found.push(`cut below: ${name(one)}`);
    const box = one.getBoundingClientRect();
    if ((box.left < -1 || box.right > innerWidth + 1) && !scrolls(one, 'X'))
      found.push(`outside: ${name(one)}`);
  }
  return [...new Set(found)];
}"""

# A colour on its way to another one has no contrast yet. What turns for ever is not waited for.
SETTLED = """() => Promise.all(document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().endTime < Infinity)
  .map((one) => one.finished.catch(() => undefined))).then(() => null)"""

# A thing to press is on top at its middle and at four points around it, wherever it is scrolled to.
COVERED = """async () => {
  const found = [];
  const modal = document.querySelector('dialog:modal');
  const root = modal ?? document.body;
  const boxes = [document.documentElement, ...document.querySelectorAll('*')]
    .map((one) => [one, one.scrollLeft, one.scrollTop]);
  const pressed = 'button, a[href], input, select, textarea, summary';
  for (const one of root.querySelectorAll(pressed)) {
    if (!one.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    if (one.closest('[inert], .visually-hidden, .skip')) continue;
    one.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
    const box = one.getClientRects()[0];
    if (!box || box.width < 2 || box.height < 2) continue;
    const style = getComputedStyle(one);
    if (style.pointerEvents === 'none') continue;
    for (const [x, y] of [[0.5, 0.5], [0.25, 0.25], [0.75, 0.25], [0.25, 0.75], [0.75, 0.75]]) {
      const top = document.elementFromPoint(box.left + x * box.width, box.top + y * box.height);
      const fine = !top || one.contains(top) || top.contains(one) ||
        [...(one.labels ?? [])].some((label) => label.contains(top));
      if (fine) continue;
      const words = one.innerText || one.getAttribute('aria-label') || one.name || '';
      const cover = `${top.tagName.toLowerCase()}.${top.className}`;
      found.push(`"${words.slice(0, 24)}" is covered by ${cover}`);
      break;
    }
  }
  for (const [one, left, top] of boxes) one.scrollTo({ left, top, behavior: 'instant' });
  return found;
}"""

# One's own small picture may lie on the others' pictures, never on what is written on them; and
# what is written on a picture is no taller than it.
LABELS = """() => {
  const own = document.querySelector('[data-testid=self]');
  const there = own?.checkVisibility({ visibilityProperty: true });
  const one = there ? own.getBoundingClientRect() : new DOMRect(0, 0, 0, 0);
  return [...document.querySelectorAll('.other figcaption, .paper figcaption')].flatMap((label) => {
    const box = label.getBoundingClientRect();
    const under = box.left < one.right && one.left < box.right &&
      box.top < one.bottom && one.top < box.bottom;
    const cut = box.bottom > label.parentElement.getBoundingClientRect().bottom + 1;
    const words = label.innerText.slice(0, 24);
    return [under && `"${words}" is under one's own picture`, cut && `cut below: "${words}"`]
      .filter(Boolean);
  });
}"""

OBJECTIONS = """async () => {
  const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];
  // Decoration (a watermark over the pictures) is meant to be faint.
  const { violations } = await axe.run({ exclude: '[aria-hidden=true]' }, {
    runOnly: [...wcag, 'best-practice'],
    resultTypes: ['violations'],
  });
  return violations
    .filter(({ tags, impact }) => tags.some((tag) => wcag.includes(tag)) ||
      ['serious', 'critical'].includes(impact))
    .flatMap(({ id, nodes }) => nodes.map((one) => `${id}: ${one.html.slice(0, 160)}`));
}"""


# Nothing is on its way: no list is being read again, no colour or height is still changing.
SETTLED = """() => !document.querySelector('[aria-busy=true], .loading') &&
  document.getAnimations().every((one) => !(one instanceof CSSTransition))"""


async def settled(page: Page) -> None:
    """Wait until the page shows what it has to show."""
    await page.wait_for_function(SETTLED)


async def cut_or_covered(page: Page) -> list[str]:
    """Words that are cut, things outside the screen, controls that lie under something."""
    cut: list[str] = await page.evaluate(CUT)
    covered: list[str] = await page.evaluate(COVERED)
    labels: list[str] = await page.evaluate(LABELS)
    return cut + covered + labels


async def objections(page: Page) -> list[str]:
    """What axe finds against WCAG 2.1 A and AA, and whatever else it calls serious or critical."""
    await page.emulate_media(reduced_motion="reduce")  # nothing new begins to move
    await page.evaluate(SETTLED)
    # The policy allows no foreign script; the debugger's own evaluation is not one.
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = await page.evaluate(OBJECTIONS)
    return found
