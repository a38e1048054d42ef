/** Preferences by the reason they are set for. */
const NO_UPGRADES_OR_GATES = {
  'dom.security.https_first': false, 'dom.security.https_first_schemeless': false,
  'dom.security.https_only_mode': false, 'security.mixed_content.upgrade_display_content': false,
  'network.stricttransportsecurity.preloadlist': false, 'network.lna.enabled': false, 'network.lna.blocking': false,
  'privacy.trackingprotection.enabled': false, 'privacy.trackingprotection.pbmode.enabled': false,
  'security.warn_submit_secure_to_insecure': false, 'network.proxy.type': 0, 'network.trr.mode': 5,
};

const EVERY_API = {
  'browser.send_pings': true, 'browser.send_pings.require_same_host': false, 'browser.send_pings.max_per_link': 1,
  'network.prefetch-next': true, 'network.websocket.delay-failed-reconnects': false,
};

const NO_LIMITS = {
  'security.csp.reporting.limit.count': 0, 'dom.max_script_run_time': 0, 'dom.disable_open_during_load': false,
  'dom.popup_maximum': 1000, 'browser.sessionhistory.max_total_viewers': 0, 'browser.tabs.unloadOnLowMemory': false,
};

const SILENT_IN_THE_BACKGROUND = {
  'network.captive-portal-service.enabled': false, 'network.connectivity-service.enabled': false,
  'app.update.enabled': false, 'app.update.auto': false, 'app.normandy.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false, 'datareporting.policy.dataSubmissionPolicyBypassNotification': true,
  'datareporting.healthreport.uploadEnabled': false, 'toolkit.telemetry.enabled': false,
  'toolkit.telemetry.unified': false, 'toolkit.telemetry.server': '', 'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false, 'browser.safebrowsing.downloads.enabled': false,
  'browser.safebrowsing.provider.mozilla.updateURL': '', 'extensions.update.enabled': false,
  'extensions.getAddons.cache.enabled': false, 'services.settings.server': 'http://127.0.0.1/idle',
  'browser.search.update': false, 'browser.region.update.enabled': false, 'browser.region.network.url': '',
  'geo.enabled': false, 'media.gmp-manager.url': '', 'dom.push.enabled': false,
};

const NO_FIRST_RUN = {
  'browser.shell.checkDefaultBrowser': false, 'browser.startup.homepage_override.mstone': 'ignore',
  'browser.aboutwelcome.enabled': false, 'browser.startup.page': 0, 'startup.homepage_welcome_url': '',
  'browser.newtabpage.enabled': false, 'browser.sessionstore.resume_from_crash': false,
  'toolkit.startup.max_resumed_crashes': -1, 'termsofuse.bypassNotification': true,
};

/**
 * @param {string} address  what every name resolves to
 * @param {boolean} withHints  a preconnect is a speculative connection: they are off otherwise
 */
export function firefoxPreferences(address, withHints) {
  return {
    ...NO_UPGRADES_OR_GATES, ...EVERY_API, ...NO_LIMITS, ...SILENT_IN_THE_BACKGROUND, ...NO_FIRST_RUN,
    'network.dns.forceResolve': address,
    'network.http.speculative-parallel-limit': withHints ? 20 : 0,
  };
}
