// What a page shows of itself to somebody who looks for a fault, and to the tests.
interface Window {
  yuntiaoStats: () => Promise<import("../static/js/media/stats.js").Summary | null>;
}
