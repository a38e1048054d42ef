/** Silent in the background, no upgrades to https, no local-network gate: nothing but CSP decides. */
const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-default-apps', '--disable-extensions', '--disable-breakpad',
  '--disable-dev-shm-usage', '--no-proxy-server', '--ignore-certificate-errors', '--allow-insecure-localhost',
  '--disable-background-timer-throttling', '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows', '--disable-hang-monitor', '--disable-popup-blocking',
  '--remote-debugging-port=0',
];

const DISABLED_FEATURES = [
  'HttpsUpgrades', 'HttpsFirstBalancedModeAutoEnable', 'LocalNetworkAccessChecks', 'OptimizationHints', 'MediaRouter',
  'Translate', 'BackForwardCache',
];

/** @returns {string[]} */
export function chromiumArguments(profile, url, address) {
  return [
    ...FLAGS, `--disable-features=${DISABLED_FEATURES.join(',')}`, `--host-resolver-rules=MAP * ${address}`,
    `--user-data-dir=${profile}`, url,
  ];
}
